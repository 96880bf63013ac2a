package dev.thalweg.io;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The names by which files know what a user has added to a family of this library's types: own layers and losses in
 * models; own rules, schedules, samplers, augmentations and callbacks in checkpoints. Nothing is ever found by the name
 * of a class that stands in a file: only what was registered before is made of one.
 * <pre>{@code
 * public record Scale(double factor) implements Layer { ... }
 *
 * Registry.register(Layer.class, "acme.Scale", Scale.class); // once, before a model with it is saved or loaded
 * }</pre>
 * Such a class is a record, whose components are written as JSON. Where it lies in a named module, that opens its
 * package to Jackson: {@code opens com.acme.layers to com.fasterxml.jackson.databind}. A library registers what it adds
 * by a {@link RegistryProvider}. All methods are safe for use by
 * several threads.
 */
public final class Registry {
    private record Key(Class<?> family, String name) {
        Key {
            Objects.requireNonNull(family, "family");
            Objects.requireNonNull(name, "name");
        }
    }

    private static final Pattern NAME =
            Pattern.compile("\\w{1,50}(\\.\\w{1,50}){1,5}", Pattern.UNICODE_CHARACTER_CLASS);

    /** Classes of records, or objects that are one for all. */
    private static final Map<Key, Object> REGISTERED = new ConcurrentHashMap<>();

    static {
        ServiceLoader.load(RegistryProvider.class, Registry.class.getClassLoader())
                .forEach(RegistryProvider::register);
    }

    private Registry() {}

    /**
     * Registers a record: files hold its components.
     *
     * @param <T> the family
     * @param family the interface that it implements, {@code Layer.class} for instance
     * @param name {@code owner.Name}: words of letters, digits and low lines, parted by dots, at least one dot; names
     *         without are this library's own
     * @param type the record
     * @throws IllegalArgumentException if the name is none such or stands for something else, or the type is no record
     */
    public static <T> void register(Class<T> family, String name, Class<? extends T> type) {
        if (!type.isRecord()) {
            throw new IllegalArgumentException(
                    "register: " + type.getName() + " is no record, expected one, whose components can be written");
        }
        put(new Key(family, name), type);
    }

    /**
     * Registers an object, a formula for instance: files hold its name alone.
     *
     * @param <T> the family
     * @param family the interface that it implements, {@code Loss.class} for instance
     * @param name as of a record
     * @param instance which
     * @throws IllegalArgumentException if the name is none such or stands for something else
     */
    public static <T> void register(Class<T> family, String name, T instance) {
        put(new Key(family, name), Objects.requireNonNull(instance, "instance"));
    }

    /**
     * Looks whether a name could be registered.
     *
     * @param name of something that files may come to know
     * @return the same
     * @throws IllegalArgumentException if it is not like {@code owner.Name}, as {@link #register(Class, String, Class)}
     *         says
     */
    public static String checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("the name must be like \"owner.Name\", of words parted by dots, so that "
                    + "files can know it, got \"" + name + "\"");
        }
        return name;
    }

    private static void put(Key key, Object what) {
        checkName(key.name());
        Object before = REGISTERED.putIfAbsent(key, what);
        if (before != null && !before.equals(what)) {
            throw new IllegalArgumentException("register: " + key.family().getSimpleName() + " \"" + key.name()
                    + "\" is " + before + " already, got " + what + ": choose another name");
        }
    }

    /**
     * {@return the record that a name stands for in a family; empty if none was registered}
     *
     * @param <T> the family
     * @param family an interface
     * @param name in a file
     */
    public static <T> Optional<Class<? extends T>> type(Class<T> family, String name) {
        return REGISTERED.get(new Key(family, name)) instanceof Class<?> type
                ? Optional.of(type.asSubclass(family))
                : Optional.empty();
    }

    /**
     * {@return the object that a name stands for in a family; empty if none was registered}
     *
     * @param <T> the family
     * @param family an interface
     * @param name in a file
     */
    public static <T> Optional<T> instance(Class<T> family, String name) {
        Object found = REGISTERED.get(new Key(family, name));
        return family.isInstance(found) ? Optional.of(family.cast(found)) : Optional.empty();
    }

    /**
     * {@return the name by which files know an object: its own, or its record's, the first where it has several; empty
     * if neither was registered}
     *
     * @param family an interface that it implements
     * @param object which
     */
    public static Optional<String> nameOf(Class<?> family, Object object) {
        Objects.requireNonNull(family, "family");
        Objects.requireNonNull(object, "object");
        return REGISTERED.entrySet().stream()
                .filter(e -> e.getKey().family() == family)
                .filter(e -> e.getValue().equals(object) || e.getValue() == object.getClass())
                .map(e -> e.getKey().name())
                .sorted()
                .findFirst();
    }

    /**
     * {@return the names registered in a family, in order}
     *
     * @param family an interface
     */
    public static Set<String> names(Class<?> family) {
        Objects.requireNonNull(family, "family");
        Set<String> names = new TreeSet<>();
        REGISTERED.keySet().stream().filter(k -> k.family() == family).forEach(k -> names.add(k.name()));
        return names;
    }
}
