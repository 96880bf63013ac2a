package dev.thalweg.serve.models;

/** A model that a request was for is no longer served. */
public final class ModelGoneException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ModelGoneException(String model) {
        super("the model " + model + " is gone");
    }
}
