package org.postern.core.spi;

import org.postern.core.settings.Settings;

/** Opens a backend. Found with {@link java.util.ServiceLoader}; the first one on the class path is taken. */
public interface BackendProvider {
    /**
     * Opens the backend that the settings name.
     *
     * @throws org.postern.core.UnavailableException where the database cannot be reached
     */
    Backend open(Settings settings);
}
