package org.postern.core.settings;

/** A setting that is bad or unknown. The message is the one line that stops the start: it names the setting. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SettingsException(String setting, String problem) {
        super(setting + ": " + problem);
    }
}
