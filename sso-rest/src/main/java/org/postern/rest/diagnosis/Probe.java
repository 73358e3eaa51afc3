package org.postern.rest.diagnosis;

import java.io.IOException;

/** Tries one service, step by step; returns where every step was done. */
interface Probe {
    void run(Attempt attempt, Trace trace) throws IOException, Halt;
}
