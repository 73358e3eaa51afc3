package org.postern.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the process small. On a big machine the JVM takes a heap that is sized for the machine, and keeps what it once
 * took; the options that make it give memory back can be set while it runs. What the operator chose himself stays.
 */
final class Footprint {
    private static final Logger LOG = LoggerFactory.getLogger(Footprint.class);

    /** Look for unused memory every few seconds, and keep little of it. */
    private static final Map<String, String> OPTIONS =
            Map.of("G1PeriodicGCInterval", "5000", "MinHeapFreeRatio", "10", "MaxHeapFreeRatio", "20");

    private Footprint() {}

    /** Once the program serves. Where this JVM knows no such options, nothing happens. */
    static void keepSmall() {
        try {
            HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            if (jvm == null) {
                return;
            }
            for (Map.Entry<String, String> option : OPTIONS.entrySet()) {
                VMOption current = jvm.getVMOption(option.getKey());
                if (current.isWriteable() && current.getOrigin() == VMOption.Origin.DEFAULT) {
                    jvm.setVMOption(option.getKey(), option.getValue());
                }
            }
            System.gc();
        } catch (IllegalArgumentException | UnsupportedOperationException | SecurityException unknown) {
            LOG.debug("this JVM keeps its memory", unknown);
        }
    }
}
