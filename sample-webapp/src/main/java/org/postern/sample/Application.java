package org.postern.sample;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.net.URI;
import java.util.EnumSet;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postern.core.service.Postern;
import org.postern.core.settings.Setting;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;
import org.postern.filter.SsoFilter;
import org.postern.rest.PosternRest;
import org.postern.sample.demo.DemoAccounts;
import org.postern.sample.demo.DemoMail;
import org.postern.sample.mail.MailServer;
import org.postern.sample.webmail.Assets;
import org.postern.sample.webmail.BrandStyle;
import org.postern.sample.webmail.ErrorPage;
import org.postern.sample.webmail.Guard;
import org.postern.sample.webmail.Templates;
import org.postern.sample.webmail.Webmail;

/**
 * The composition root: reads from top to bottom what the product is made of. The same in a servlet container, where
 * {@code web.xml} names it, and under {@code java -jar}.
 */
public final class Application implements ServletContextListener {
    static final String ERROR_PATH = "/error";

    private final Supplier<Settings> settingsSource;
    private final Function<Settings, Postern> opener;
    private @Nullable Postern postern;
    private @Nullable DemoMail demoMail;

    /** For a servlet container: reads its settings itself. */
    public Application() {
        this(Configuration::read, Postern::open);
    }

    /** Over what somebody else read and opens; it is closed here. */
    Application(Supplier<Settings> settings, Function<Settings, Postern> opener) {
        this.settingsSource = settings;
        this.opener = opener;
    }

    Application(Settings settings) {
        this(() -> settings, Postern::open);
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        Settings settings = settingsSource.get();
        if (settings.node().issuerUrl().isPresent()) {
            throw new SettingsException(
                    Setting.ISSUER_URL.key(), "this webmail is the issuing service, it cannot ask another one");
        }
        Postern opened = opener.apply(settings);
        postern = opened;
        context.setAttribute(Postern.class.getName(), opened);

        Optional<URI> imap = settings.mail().imap();
        DemoAccounts accounts = new DemoAccounts(opened.backend().directory());
        if (!settings.demo().on() && accounts.areThere()) {
            opened.close();
            throw new SettingsException(
                    Setting.DEMO.key(),
                    "the demo was here, and everybody knows its passwords: take another data folder or database");
        }
        if (settings.demo().on()) {
            Ahead<DemoMail> mailServer = Ahead.of("demo-mail-start", () -> DemoMail.start(opened));
            accounts.seed();
            DemoMail mail = mailServer.get();
            demoMail = mail;
            imap = imap.or(() -> Optional.of(mail.imap()));
        }

        context.addFilter("guard", new Guard(settings.demo().on()))
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
        new PosternRest(opened).register(context);
        new SsoFilter(opened.tokens(), settings, opened.clock()).addTo(context);

        Assets assets = new Assets(settings);
        Templates templates = new Templates(settings, assets, opened.clock());
        context.addServlet("assets", assets).addMapping(Assets.PATTERN);
        context.addServlet("error", new ErrorPage(templates)).addMapping(ERROR_PATH);
        context.addServlet("webmail", new Webmail(opened, imap.map(MailServer::new), templates))
                .addMapping("/");
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (demoMail != null) {
            demoMail.stop();
        }
        if (postern != null) {
            postern.close();
        }
    }

    /** What runs, for whoever tells the operator of it. */
    Postern postern() {
        if (postern == null) {
            throw new IllegalStateException("not started");
        }
        return postern;
    }

    Optional<DemoMail> demoMail() {
        return Optional.ofNullable(demoMail);
    }
}
