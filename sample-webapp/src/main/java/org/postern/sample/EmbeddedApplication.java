package org.postern.sample;

import jakarta.servlet.ServletContextListener;
import java.util.function.Supplier;
import org.postern.server.IssuingService;
import org.postern.server.WebApplication;

/** The webmail as the program finds it, under {@code java -jar}. */
public final class EmbeddedApplication implements WebApplication {
    @Override
    public ServletContextListener over(Supplier<IssuingService> service) {
        return new Application(service);
    }

    @Override
    public String errorPath() {
        return Application.ERROR_PATH;
    }
}
