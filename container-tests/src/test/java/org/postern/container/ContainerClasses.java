package org.postern.container;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/** What a container shows an application of itself: the tests' class path without what a WAR has to bring. */
final class ContainerClasses extends ClassLoader {
    private static final List<String> NOT_THE_CONTAINERS =
            List.of("org.postern.", "com.example.", "io.smallrye.", "org.eclipse.microprofile.");

    ContainerClasses() {
        super(ContainerClasses.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (NOT_THE_CONTAINERS.stream().anyMatch(name::startsWith)) {
            throw new ClassNotFoundException(name);
        }
        return super.loadClass(name, resolve);
    }

    @Override
    public URL getResource(String name) {
        return isHidden(name) ? null : super.getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return isHidden(name) ? Collections.emptyEnumeration() : super.getResources(name);
    }

    private static boolean isHidden(String name) {
        String dotted = name.replaceFirst("^META-INF/services/", "").replace('/', '.');
        return dotted.equals("jakarta.servlet.ServletContainerInitializer")
                || NOT_THE_CONTAINERS.stream().anyMatch(dotted::startsWith);
    }
}
