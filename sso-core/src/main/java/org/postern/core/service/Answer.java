package org.postern.core.service;

/** What an administrator gets who asks about a mailbox, or acts on one. Whether he may, {@link Authority} decided. */
public sealed interface Answer<T> {
    /** He may, and this came of it. */
    record Given<T>(T value) implements Answer<T> {}

    /** He may not. */
    record Denied<T>() implements Answer<T> {}

    /** There is no such thing in his domains. */
    record Missing<T>() implements Answer<T> {}
}
