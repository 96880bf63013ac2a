package dev.thalweg.tensor;

/** What a model shall say of a picture. Whatever the kind, a picture's targets are a row of numbers, one an output. */
public enum TargetKind {
    /** One class of several that exclude each other: a row with 1 at the class and 0 elsewhere. */
    CLASSES("classes, of which a picture has one"),
    /** Any number of labels, none included: 1 at each that applies and 0 elsewhere. */
    MULTI_LABEL("labels, of which a picture may have several"),
    /** Numbers of any size, to be met as closely as can be: regression. */
    REGRESSION("numbers");

    private final String description;

    TargetKind(String description) {
        this.description = description;
    }

    /** For messages. */
    @Override
    public String toString() {
        return description;
    }
}
