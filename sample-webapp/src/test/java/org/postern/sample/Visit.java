package org.postern.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A browser with its cookies. */
final class Visit {
    private static final String BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0";
    private static final Pattern MESSAGE = Pattern.compile("href=\"[^\"]*&amp;_uid=([0-9]+-[0-9]+)\"");

    private final HttpClient client = HttpClient.newBuilder()
            .cookieHandler(new CookieManager())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final Site site;

    Visit(Site site) {
        this.site = site;
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(site.address + path));
        return send(request, headers);
    }

    HttpResponse<String> post(String path, Map<String, String> form, String... headers)
            throws IOException, InterruptedException {
        StringBuilder body = new StringBuilder();
        form.forEach((name, value) -> body.append(body.length() == 0 ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(site.address + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
        return send(request, headers);
    }

    HttpResponse<String> send(HttpRequest.Builder request, String... headers) throws IOException, InterruptedException {
        if (!List.of(headers).contains("User-Agent")) {
            request.header("User-Agent", BROWSER);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    Visit withToken(String user, String token) throws IOException, InterruptedException {
        HttpResponse<String> answer = get("/?_task=login&_action=login&direct=1&user=" + user + "&pass=" + token);
        assertThat(answer.statusCode()).isEqualTo(303);
        return this;
    }

    Visit withPassword(String user, String password) throws IOException, InterruptedException {
        HttpResponse<String> answer = post("/?_task=signin", Map.of("user", user, "pass", password));
        assertThat(answer.statusCode()).isEqualTo(303);
        return this;
    }

    /** The session's token, as its pages carry it. */
    String csrf() throws IOException, InterruptedException {
        Matcher token = Pattern.compile("_token=([0-9a-zA-Z_-]+)")
                .matcher(get("/?_task=settings").body());
        assertThat(token.find()).isTrue();
        return token.group(1);
    }

    /** The name of the message in this folder whose line holds this text. */
    String message(String folder, String text) throws IOException, InterruptedException {
        String list = get("/?_task=mail&_folder=" + folder).body();
        for (String line : list.split("<li ", -1)) {
            Matcher name = MESSAGE.matcher(line);
            if (line.contains(text) && name.find()) {
                return name.group(1);
            }
        }
        throw new AssertionError("no " + text + " in " + folder);
    }

    /** The page of a message of the inbox. */
    String open(String text) throws IOException, InterruptedException {
        return get("/?_task=mail&_folder=INBOX&_uid=" + message("INBOX", text)).body();
    }

    /** Sends a form with files: pairs of name and content. */
    HttpResponse<String> upload(String path, Map<String, String> form, Map<String, String> files, String... headers)
            throws IOException, InterruptedException {
        String boundary = "=_boundary";
        StringBuilder body = new StringBuilder();
        form.forEach((name, value) -> body.append("--")
                .append(boundary)
                .append("\r\nContent-Disposition: form-data; name=\"")
                .append(name)
                .append("\"\r\n\r\n")
                .append(value)
                .append("\r\n"));
        files.forEach((name, content) -> body.append("--")
                .append(boundary)
                .append("\r\nContent-Disposition: form-data; name=\"file\"; filename=\"")
                .append(name)
                .append("\"\r\nContent-Type: text/plain\r\n\r\n")
                .append(content)
                .append("\r\n"));
        body.append("--").append(boundary).append("--\r\n");
        return send(
                HttpRequest.newBuilder(URI.create(site.address + path))
                        .header("Content-Type", "multipart/form-data; boundary=\"" + boundary + '"')
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString())),
                headers);
    }
}
