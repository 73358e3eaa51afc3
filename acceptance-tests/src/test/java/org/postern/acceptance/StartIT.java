package org.postern.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StartIT {
    @Test
    void demo_prints_a_link() {
        try (RunningPostern postern = RunningPostern.demo().start()) {
            assertThat(postern.link()).startsWith(postern.address());
            System.out.println(postern.startLines());
            System.out.println(postern.log());
        }
    }
}
