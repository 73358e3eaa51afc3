package org.postern.core.spi;

import org.postern.core.settings.Settings;

/**
 * Opens a backend. Found with {@link java.util.ServiceLoader}. Where there are several, those that stand back are left
 * out; more than one that does not is an error, since nobody could say whose user database counts.
 */
public interface BackendProvider {
    /**
     * Opens the backend that the settings name.
     *
     * @throws org.postern.core.UnavailableException where the database cannot be reached
     */
    Backend open(Settings settings);

    /** Whether this one is not taken where there is another: only the product's own says so. */
    default boolean standsBack() {
        return false;
    }
}
