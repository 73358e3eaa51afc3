package org.postern.rest;

import java.lang.reflect.InvocationHandler;
import java.util.Map;
import org.glassfish.jersey.internal.inject.AbstractBinder;
import org.glassfish.jersey.server.model.Invocable;
import org.glassfish.jersey.server.spi.internal.ResourceMethodInvocationHandlerProvider;

/** Gives Jersey the resources that were made here, so that it makes none, and lets it call what is not public. */
final class Instances extends AbstractBinder implements ResourceMethodInvocationHandlerProvider {
    private final Map<Class<?>, Object> resources;

    Instances(Map<Class<?>, Object> resources) {
        this.resources = resources;
    }

    @Override
    @SuppressWarnings("unchecked") // each key is the class of its value
    protected void configure() {
        resources.forEach((type, resource) -> bind(resource).to((Class<Object>) type));
        bind(this).to(ResourceMethodInvocationHandlerProvider.class);
    }

    @Override
    public InvocationHandler create(Invocable invocable) {
        return (resource, method, arguments) -> {
            method.setAccessible(true);
            return method.invoke(resource, arguments);
        };
    }
}
