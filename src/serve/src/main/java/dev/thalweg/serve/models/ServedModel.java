package dev.thalweg.serve.models;

import java.util.concurrent.atomic.AtomicReference;

/** A model by its name: one version of it answers at a time. */
public final class ServedModel implements AutoCloseable {
    private final String name;
    private final AtomicReference<ModelVersion> current;
    private volatile boolean gone;

    ServedModel(String name, ModelVersion first) {
        this.name = name;
        this.current = new AtomicReference<>(first);
    }

    /**
     * What is asked of a version.
     *
     * @param <T> of the answer
     * @param <E> if there is none
     */
    @FunctionalInterface
    public interface Question<T, E extends Exception> {
        /**
         * Asks it.
         *
         * @param version that answers
         * @return the answer
         * @throws E if there is none
         */
        T ask(ModelVersion version) throws E;
    }

    /** {@return its name} */
    public String name() {
        return name;
    }

    /** {@return the version that answers now} */
    public ModelVersion current() {
        return current.get();
    }

    /**
     * Asks the version that is there. One that is replaced meanwhile answers what it accepted; else the next one is
     * asked: nobody who asks notices.
     *
     * @param <T> of the answer
     * @param <E> if there is none
     * @param question that may be asked more than once, since it is not answered more than once
     * @return the answer
     * @throws E if there is none
     * @throws ModelGoneException if the model is no longer served
     */
    public <T, E extends Exception> T ask(Question<T, E> question) throws E {
        ModelVersion asked = current();
        while (true) {
            try {
                return question.ask(asked);
            } catch (IllegalStateException e) {
                ModelVersion now = current();
                if (now == asked) {
                    throw gone ? new ModelGoneException(name) : e;
                }
                asked = now;
            }
        }
    }

    /** Has another version answer, and closes the one before when it has answered what it accepted. */
    void replace(ModelVersion next) {
        current.getAndSet(next).close();
    }

    @Override
    public void close() {
        gone = true;
        current().close();
    }
}
