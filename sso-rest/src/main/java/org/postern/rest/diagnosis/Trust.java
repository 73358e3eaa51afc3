package org.postern.rest.diagnosis;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom this JVM trusts: its trust store judges, as for the webmail's own connections. What a server showed is kept for
 * the report, also where it was not enough. Thread-safe.
 */
final class Trust {
    private final X509ExtendedTrustManager judge;

    /** @param authorities null for the JVM's own trust store */
    Trust(@Nullable KeyStore authorities) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(authorities);
            judge = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("the JVM's trust store cannot be used", broken);
        }
    }

    /**
     * A context whose connections show their server's certificate to {@code shown}, and fail where it does not prove the
     * name that the connection is for.
     */
    SSLContext context(Consumer<X509Certificate> shown) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Showing(judge, shown)}, null);
            return context;
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("this JVM has no TLS", broken);
        }
    }

    /** TLS over a connection that is open already. */
    SSLSocket over(Socket raw, String host, int port, Consumer<X509Certificate> shown) throws IOException {
        SSLSocket socket = (SSLSocket) context(shown).getSocketFactory().createSocket(raw, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    /** Why a handshake failed, if the certificate is the reason. */
    static Optional<Verdict> reason(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof Refused refused) {
                return Optional.of(refused.verdict);
            }
        }
        return Optional.empty();
    }

    /** A certificate that does not do, and why. */
    private static final class Refused extends CertificateException {
        private static final long serialVersionUID = 1L;
        private final Verdict verdict;

        Refused(Verdict verdict, CertificateException cause) {
            super(verdict.apiName(), cause);
            this.verdict = verdict;
        }
    }

    private static final class Showing extends X509ExtendedTrustManager {
        private final X509ExtendedTrustManager judge;
        private final Consumer<X509Certificate> shown;

        Showing(X509ExtendedTrustManager judge, Consumer<X509Certificate> shown) {
            this.judge = judge;
            this.shown = shown;
        }

        private interface Judgement {
            void pass() throws CertificateException;
        }

        private void check(X509Certificate[] chain, String authType, Judgement whole) throws CertificateException {
            shown.accept(chain[0]);
            try {
                for (X509Certificate certificate : chain) {
                    // Not asked of one that is in the trust store itself.
                    certificate.checkValidity();
                }
                whole.pass();
            } catch (CertificateException refused) {
                throw new Refused(why(List.of(chain), authType), refused);
            }
        }

        /** Dates first: an old certificate is often from an authority that is gone too. */
        private Verdict why(List<X509Certificate> chain, String authType) {
            try {
                for (X509Certificate certificate : chain) {
                    certificate.checkValidity();
                }
                judge.checkServerTrusted(chain.toArray(new X509Certificate[0]), authType);
                return Verdict.WRONG_NAME;
            } catch (CertificateExpiredException expired) {
                return Verdict.CERTIFICATE_EXPIRED;
            } catch (CertificateNotYetValidException early) {
                return Verdict.CERTIFICATE_NOT_YET_VALID;
            } catch (CertificateException untrusted) {
                return Verdict.UNTRUSTED;
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            check(chain, authType, () -> judge.checkServerTrusted(chain, authType, socket));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            check(chain, authType, () -> judge.checkServerTrusted(chain, authType, engine));
        }

        /** Without a connection there is no name to be proven: never enough. */
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("no connection");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("no client is expected");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            throw new CertificateException("no client is expected");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("no client is expected");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return Objects.requireNonNull(judge.getAcceptedIssuers());
        }
    }
}
