package org.postern.core.spi;

import org.postern.core.settings.Settings;

/**
 * Puts the operator's own directory over an open backend, where the settings ask for one. Found with {@link
 * java.util.ServiceLoader}.
 */
public interface DirectoryProvider {
    /**
     * The same backend with that directory; to close it closes both.
     *
     * @throws org.postern.core.settings.SettingsException where the settings do not do
     */
    Backend over(Backend backend, Settings settings);
}
