package dev.thalweg.tensor;

/** What a model shall say of a picture. Whatever the kind, a picture's targets are a row of numbers, one an output. */
public enum TargetKind {
    /** One class of several that exclude each other: a row with 1 at the class and 0 elsewhere. */
    CLASSES("classes, of which a picture has one", "classes", "probability"),
    /** Any number of labels, none included: 1 at each that applies and 0 elsewhere. */
    MULTI_LABEL("labels, of which a picture may have several", "labels", "probability"),
    /** Numbers of any size, to be met as closely as can be: regression. */
    REGRESSION("numbers", "values", "value");

    private final String description;
    private final String outputs;
    private final String measure;

    TargetKind(String description, String outputs, String measure) {
        this.description = description;
        this.outputs = outputs;
        this.measure = measure;
    }

    /** {@return what a model's outputs are, as JSON calls them: {@code classes}, {@code labels} or {@code values}} */
    public String outputs() {
        return outputs;
    }

    /** {@return what the number of an output is, as JSON calls it: {@code probability} or {@code value}} */
    public String measure() {
        return measure;
    }

    /** For messages. */
    @Override
    public String toString() {
        return description;
    }
}
