package org.postern.core.memory;

import org.postern.core.spi.TokenStore;
import org.postern.core.spi.TokenStoreContract;

class InMemoryTokenStoreTest extends TokenStoreContract {
    @Override
    protected TokenStore store() {
        return new InMemoryTokenStore();
    }
}
