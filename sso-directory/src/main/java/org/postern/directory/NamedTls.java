package org.postern.directory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * TLS to a server that has to prove this name and may not hang. Over a connection that is open already the library's own
 * verifier is not enough; to a new one, which it verifies, it would wait for ever. Thread-safe.
 */
final class NamedTls extends SSLSocketFactory {
    private final SSLSocketFactory tls;
    private final String name;
    private final int millis;

    /** @param millis how long each step of the handshake on a new connection may take */
    NamedTls(SSLSocketFactory tls, String name, int millis) {
        this.tls = tls;
        this.name = name;
        this.millis = millis;
    }

    @Override
    public Socket createSocket() throws IOException {
        Socket socket = tls.createSocket();
        socket.setSoTimeout(millis);
        return socket;
    }

    @Override
    public Socket createSocket(Socket open, String host, int port, boolean autoClose) throws IOException {
        SSLSocket socket = (SSLSocket) tls.createSocket(open, name, port, autoClose);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("LDAPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return tls.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return tls.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
        throw new UnsupportedOperationException();
    }
}
