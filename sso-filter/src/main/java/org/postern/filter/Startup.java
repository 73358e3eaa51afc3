package org.postern.filter;

import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the jar does while an application starts; containers find this class by themselves. It makes the session cookie
 * safe, and puts the filter that the jar's {@code web-fragment.xml} declares before every other one: a mapping there
 * would come after those of the application's {@code web.xml}.
 */
public final class Startup implements ServletContainerInitializer {
    /** The filter's name in {@code web-fragment.xml}. */
    private static final String FILTER = "postern";

    @Override
    public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context) {
        SessionCookies.makeSafe(context);
        FilterRegistration filter = context.getFilterRegistration(FILTER);
        if (filter != null
                && SsoFilter.class.getName().equals(filter.getClassName())
                && filter.getUrlPatternMappings().isEmpty()) {
            SsoFilter.mapBeforeOthers(filter);
        }
    }
}
