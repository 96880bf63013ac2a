package dev.thalweg;

import java.lang.reflect.Array;
import java.lang.reflect.Executable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A valid value of whatever type: one that was given, or one that the type's own constructors and static methods make
 * of other samples.
 */
final class Samples {
    private final Map<Class<?>, Object> known;
    private final Set<Class<?>> asked = new HashSet<>();

    /** With these values of types that nothing else tells how to make. */
    Samples(Map<Class<?>, ?> given) {
        known = new HashMap<>(given);
    }

    /** {@return a value, empty where none can be made} */
    Optional<Object> of(Type type) {
        return switch (type) {
            case Class<?> plain when plain.isArray() -> array(plain.getComponentType());
            case Class<?> plain -> ofClass(plain, List.of());
            case ParameterizedType parameterized ->
                ofClass((Class<?>) parameterized.getRawType(), List.of(parameterized.getActualTypeArguments()));
            case GenericArrayType array -> array(array.getGenericComponentType());
            case WildcardType wildcard ->
                of(wildcard.getLowerBounds().length > 0 ? wildcard.getLowerBounds()[0] : wildcard.getUpperBounds()[0]);
            case TypeVariable<?> variable -> of(variable.getBounds()[0]);
            default -> Optional.empty();
        };
    }

    /** {@return values of all parameters, empty where one cannot be made} */
    Optional<Object[]> arguments(Executable called) {
        List<Optional<Object>> made =
                Arrays.stream(called.getGenericParameterTypes()).map(this::of).toList();
        return made.stream().allMatch(Optional::isPresent)
                ? Optional.of(made.stream().map(Optional::get).toArray())
                : Optional.empty();
    }

    private Optional<Object> array(Type component) {
        return of(component).map(element -> {
            Object array = Array.newInstance(raw(component), 1);
            Array.set(array, 0, element);
            return array;
        });
    }

    private static Class<?> raw(Type type) {
        return type instanceof ParameterizedType parameterized ? raw(parameterized.getRawType()) : (Class<?>) type;
    }

    private Optional<Object> ofClass(Class<?> type, List<Type> arguments) {
        if (known.containsKey(type)) {
            return Optional.of(known.get(type));
        }
        if (type == Optional.class) {
            return Optional.of(Optional.empty());
        }
        if (type == Map.class) {
            return of(arguments.getFirst()).flatMap(key -> of(arguments.get(1)).map(value -> Map.of(key, value)));
        }
        if (type == Set.class) {
            return of(arguments.getFirst()).map(Set::of);
        }
        if (type.isAssignableFrom(List.class) && Collection.class.isAssignableFrom(type)) {
            return of(arguments.getFirst()).map(List::of);
        }
        if (type.isEnum()) {
            return Optional.of(type.getEnumConstants()[0]);
        }
        if (!asked.add(type)) {
            return Optional.empty();
        }
        Optional<Object> made = Stream.<Stream<Optional<Object>>>of(
                        constructed(type), permitted(type), implemented(type))
                .flatMap(ways -> ways)
                .flatMap(Optional::stream)
                .findFirst();
        asked.remove(type);
        made.ifPresent(value -> known.put(type, value));
        return made;
    }

    /** By what takes least. */
    private Stream<Optional<Object>> constructed(Class<?> type) {
        return Stream.concat(
                        Arrays.stream(type.getConstructors()).filter(_ -> !Modifier.isAbstract(type.getModifiers())),
                        Arrays.stream(type.getMethods())
                                .filter(method -> Modifier.isStatic(method.getModifiers())
                                        && type.isAssignableFrom(method.getReturnType())))
                .sorted(Comparator.comparingInt(Executable::getParameterCount)
                        .thenComparing(Executable::toGenericString))
                .map(way -> arguments(way).flatMap(arguments -> call(way, arguments)));
    }

    private static Optional<Object> call(Executable way, Object[] arguments) {
        try {
            return Optional.ofNullable(NullsTest.call(way, null, arguments));
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }

    private Stream<Optional<Object>> permitted(Class<?> type) {
        return type.isSealed() ? Arrays.stream(type.getPermittedSubclasses()).map(this::of) : Stream.empty();
    }

    /** As lambdas do; what is asked of it, it answers by samples. */
    private Stream<Optional<Object>> implemented(Class<?> type) {
        return type.isInterface() && !type.isSealed()
                ? Stream.of(Optional.of(Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> answer(proxy, method, arguments))))
                : Stream.empty();
    }

    private Object answer(Object proxy, Method method, Object[] arguments) throws Throwable {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "a sample";
            default ->
                method.isDefault()
                        ? java.lang.reflect.InvocationHandler.invokeDefault(proxy, method, arguments)
                        : of(method.getGenericReturnType()).orElse(null);
        };
    }
}
