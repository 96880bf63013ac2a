package dev.thalweg.spark;

import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A value as it travels between driver and executors: records by their components, of which the library's optimizers,
 * losses, augmentations, samplers and results are made. What is no record travels by Java's serialization, if it can.
 */
sealed interface RecordForm extends Serializable {
    /** {@return the value} */
    Object value();

    /** What Java serializes itself: made anew each time, so that nobody shares it who counts in it. */
    record Plain(byte[] bytes) implements RecordForm {
        @Override
        public Object value() {
            return JavaBytes.read(bytes);
        }
    }

    /** A record. */
    record Components(Class<?> type, ArrayList<RecordForm> forms) implements RecordForm {
        @Override
        public Object value() {
            Class<?>[] types = Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            try {
                Constructor<?> constructor = type.getDeclaredConstructor(types);
                constructor.setAccessible(true);
                return constructor.newInstance(
                        forms.stream().map(RecordForm::value).toArray());
            } catch (InvocationTargetException e) {
                throw new IllegalStateException("cannot make a " + type.getName() + " again: " + e.getCause(), e);
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                throw new IllegalStateException("cannot make a " + type.getName() + " again", e);
            }
        }
    }

    /** A value that may be there. */
    record Possible(ArrayList<RecordForm> forms) implements RecordForm {
        @Override
        public Object value() {
            return forms.stream().map(RecordForm::value).findFirst();
        }
    }

    /** A list. */
    record Several(ArrayList<RecordForm> forms) implements RecordForm {
        @Override
        public Object value() {
            return forms.stream().map(RecordForm::value).toList();
        }
    }

    /** A map, in its order. */
    record Entries(ArrayList<RecordForm> keys, ArrayList<RecordForm> values) implements RecordForm {
        @Override
        public Object value() {
            Map<Object, Object> map = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                map.put(keys.get(i).value(), values.get(i).value());
            }
            return map;
        }
    }

    /**
     * {@return the form of a value}
     *
     * @param value a record, a list, a map, an optional, or what can be serialized
     * @throws IllegalArgumentException if it, or something in it, is nothing of these
     */
    static RecordForm of(Object value) {
        return switch (value) {
            case Optional<?> optional ->
                new Possible(new ArrayList<>(forms(optional.stream().toList())));
            case List<?> list -> new Several(new ArrayList<>(forms(list)));
            case Map<?, ?> map ->
                new Entries(
                        new ArrayList<>(forms(new ArrayList<>(map.keySet()))),
                        new ArrayList<>(forms(new ArrayList<>(map.values()))));
            case Record one -> new Components(one.getClass(), new ArrayList<>(components(one)));
            case Serializable other -> new Plain(JavaBytes.of(other).array());
            default ->
                throw new IllegalArgumentException("expected what can travel to executors, a record or a Serializable,"
                        + " got a " + value.getClass().getName());
        };
    }

    private static List<RecordForm> forms(List<?> values) {
        List<RecordForm> forms = new ArrayList<>();
        values.forEach(value -> forms.add(of(value)));
        return forms;
    }

    private static List<RecordForm> components(Record one) {
        List<RecordForm> forms = new ArrayList<>();
        for (RecordComponent component : one.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                Object value = component.getAccessor().invoke(one);
                if (value == null) {
                    throw new IllegalArgumentException(
                            "expected records without null to travel to executors, got " + component + " of " + one);
                }
                forms.add(of(value));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot read " + component + " of " + one.getClass(), e);
            }
        }
        return forms;
    }
}
