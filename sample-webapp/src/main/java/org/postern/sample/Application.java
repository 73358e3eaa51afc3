package org.postern.sample;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRegistration;
import java.util.EnumSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postern.core.service.Postern;
import org.postern.core.settings.Settings;
import org.postern.filter.SsoFilter;
import org.postern.rest.PosternRest;
import org.postern.sample.mail.MailServer;
import org.postern.sample.mail.Outbox;
import org.postern.sample.webmail.Assets;
import org.postern.sample.webmail.ErrorPage;
import org.postern.sample.webmail.Guard;
import org.postern.sample.webmail.NoticeMail;
import org.postern.sample.webmail.Templates;
import org.postern.sample.webmail.Webmail;
import org.postern.server.IssuingService;

/**
 * The composition root: reads from top to bottom what the product is made of. The same in a servlet container, where
 * {@code web.xml} names it, and under {@code java -jar}, where {@link EmbeddedApplication} does.
 */
public final class Application implements ServletContextListener {
    static final String ERROR_PATH = "/error";

    private final Supplier<IssuingService> opener;
    private @Nullable IssuingService service;

    /** For a servlet container: the service reads its settings itself. */
    public Application() {
        this(IssuingService::open);
    }

    /** Over what somebody else opens; it is closed here. */
    Application(Supplier<IssuingService> opener) {
        this.opener = opener;
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        IssuingService opened = opener.get();
        service = opened;
        Postern postern = opened.postern();
        Settings settings = postern.settings();
        context.setAttribute(Postern.class.getName(), postern);

        context.addFilter("guard", new Guard(settings.demo().on()))
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
        new PosternRest(postern, opened.diagnose()).register(context);
        new SsoFilter(postern.tokens(), settings, postern.clock()).addTo(context);

        Assets assets = new Assets(settings);
        Templates templates = new Templates(settings, assets, postern.clock());
        context.addServlet("assets", assets).addMapping(Assets.PATTERN);
        context.addServlet("error", new ErrorPage(templates)).addMapping(ERROR_PATH);
        Settings.Notice notice = settings.notice();
        notice.from()
                .ifPresent(from -> notice.smtp()
                        .or(opened::smtp)
                        .ifPresent(smtp -> postern.tellOwners(new NoticeMail(
                                new Outbox(smtp),
                                from,
                                notice.user(),
                                notice.password(),
                                templates,
                                postern.clock()))));

        Webmail pages = new Webmail(
                postern, opened.imap().map(MailServer::new), opened.smtp().map(Outbox::new), templates);
        ServletRegistration.Dynamic webmail = context.addServlet("webmail", pages);
        webmail.setMultipartConfig(Webmail.UPLOADS);
        webmail.addMapping("/");
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (service != null) {
            service.close();
        }
    }
}
