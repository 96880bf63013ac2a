package dev.thalweg.io;

/**
 * Registers what a library adds, before the first name is looked for, so that whoever loads a model need not know the
 * library. Found by {@link java.util.ServiceLoader}: a module provides this service, a jar on the class path names its
 * provider in {@code META-INF/services}.
 */
public interface RegistryProvider {
    /** Calls {@link Registry#register(Class, String, Class)} for each name. */
    void register();
}
