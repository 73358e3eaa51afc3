package org.postern.core.memory;

import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.MailDirectoryContract;

class InMemoryDirectoryTest extends MailDirectoryContract {
    @Override
    protected MailDirectory directory() {
        return new InMemoryDirectory();
    }
}
