package org.postern.rest;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.ws.rs.ClientErrorException;
import java.io.IOException;

/** A request's body that ends the request where it is longer than any that is wanted. */
final class Body extends ServletInputStream {
    /** Bytes. */
    static final int MOST = 65_536;

    private final ServletInputStream in;
    private long read;

    Body(ServletInputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        int b = in.read();
        count(b < 0 ? 0 : 1);
        return b;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int n = in.read(target, offset, length);
        count(Math.max(0, n));
        return n;
    }

    private void count(int n) {
        read += n;
        if (read > MOST) {
            throw new ClientErrorException(413);
        }
    }

    @Override
    public boolean isFinished() {
        return in.isFinished();
    }

    @Override
    public boolean isReady() {
        return in.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
        in.setReadListener(listener);
    }
}
