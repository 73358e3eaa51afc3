package org.postern.sample;

/** Starts the WAR by itself. It lies at the WAR's root, so it may use nothing but the JDK. */
public final class Launcher {
    private Launcher() {}

    public static void main(String[] args) {
        System.out.println("not yet");
    }
}
