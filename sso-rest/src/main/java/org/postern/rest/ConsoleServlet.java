package org.postern.rest;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /console/}: the console's files, zipped in memory when they are first asked for. A browser keeps them and asks
 * each time whether they are still the same. What the console does it does by {@code /sso/v1}. Thread-safe.
 */
final class ConsoleServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleServlet.class);
    private static final Pattern NAME = Pattern.compile("/((?:texts/)?[A-Za-z_]{1,40}\\.(css|html|js|json|svg))");
    private static final Map<String, String> TYPES = Map.of(
            "css", "text/css;charset=utf-8",
            "html", "text/html;charset=utf-8",
            "js", "text/javascript;charset=utf-8",
            "json", "application/json",
            "svg", "image/svg+xml");
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record StaticFile(byte[] bytes, byte[] zipped, String type, String tag) {}

    private final transient Runnable whatPagesNeed;
    private final transient AtomicBoolean begun = new AtomicBoolean();
    private final transient Map<String, StaticFile> files = new ConcurrentHashMap<>();

    /** @param whatPagesNeed is done once, beside the first page, so that nobody waits for it who has yet to sign in */
    ConsoleServlet(Runnable whatPagesNeed) {
        this.whatPagesNeed = whatPagesNeed;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Answers.protect(response);
        String path = request.getPathInfo();
        if (path == null) {
            response.setStatus(HttpServletResponse.SC_SEE_OTHER);
            response.setHeader("Location", request.getContextPath() + "/console/");
            return;
        }
        Matcher name = NAME.matcher(path.equals("/") ? "/index.html" : path);
        Optional<StaticFile> file =
                name.matches() ? file(name.group(1), TYPES.getOrDefault(name.group(2), "")) : Optional.empty();
        if (file.isPresent()) {
            if (name.group(2).equals("html") && begun.compareAndSet(false, true)) {
                Thread beside = new Thread(this::begin, "postern-console");
                beside.setDaemon(true);
                beside.start();
            }
            send(file.get(), request, response);
        } else {
            Answers.send(response, HttpServletResponse.SC_NOT_FOUND, "text/plain;charset=utf-8", "not found\n");
        }
    }

    private void begin() {
        try {
            whatPagesNeed.run();
        } catch (RuntimeException fault) {
            LOG.debug("what the console's pages need was not started beside the first: {}", fault.getMessage());
        }
    }

    /** What is not there is not kept in mind: there is no end to such names. */
    private Optional<StaticFile> file(String name, String type) {
        Optional<StaticFile> kept = Optional.ofNullable(files.get(name));
        Optional<StaticFile> file = kept.or(() -> load(name, type));
        file.ifPresent(f -> files.putIfAbsent(name, f));
        return file;
    }

    private static void send(StaticFile file, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setHeader("Content-Security-Policy", POLICY);
        response.setHeader("Cache-Control", "no-cache");
        response.setHeader("ETag", file.tag());
        response.setHeader("Vary", "Accept-Encoding");
        if (file.tag().equals(request.getHeader("If-None-Match"))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        String encodings = request.getHeader("Accept-Encoding");
        boolean zip = encodings != null && encodings.matches("(?i)(?:.*,)?\\s*gzip\\s*(?:,.*)?");
        if (zip) {
            response.setHeader("Content-Encoding", "gzip");
        }
        byte[] bytes = zip ? file.zipped() : file.bytes();
        response.setContentType(file.type());
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    private static Optional<StaticFile> load(String name, String type) {
        try (InputStream in = ConsoleServlet.class.getResourceAsStream("console/" + name);
                ByteArrayOutputStream zipped = new ByteArrayOutputStream()) {
            if (in == null) {
                return Optional.empty();
            }
            byte[] bytes = in.readAllBytes();
            try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
                zip.write(bytes);
            }
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            String tag = '"' + HexFormat.of().formatHex(digest, 0, 8) + '"';
            return Optional.of(new StaticFile(bytes, zipped.toByteArray(), type, tag));
        } catch (IOException | NoSuchAlgorithmException broken) {
            throw new IllegalStateException("the console's file " + name + " cannot be read", broken);
        }
    }
}
