package org.postern.rest;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.ClientErrorException;
import java.io.IOException;

/**
 * A request's body that ends the request, by a {@link ClientErrorException}, where it is longer than any that is wanted,
 * or where its sender goes away before its end: that is no fault of this side's.
 */
final class Body extends ServletInputStream {
    /** Bytes. */
    static final int MOST = 65_536;

    private final ServletInputStream in;
    private long read;

    /** All of a request's body. */
    static byte[] of(HttpServletRequest request) throws IOException {
        try (Body body = new Body(request.getInputStream())) {
            return body.readAllBytes();
        }
    }

    Body(ServletInputStream in) {
        this.in = in;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        int n;
        try {
            n = in.read(target, offset, length);
        } catch (IOException gone) {
            throw new ClientErrorException(400, gone);
        }
        read += Math.max(0, n);
        if (read > MOST) {
            throw new ClientErrorException(413);
        }
        return n;
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
