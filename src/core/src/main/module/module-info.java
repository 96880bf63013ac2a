/**
 * Trains and runs image classifiers by gradient descent.
 */
// TwelveMonkeys has no module descriptor of its own yet, only a name.
@SuppressWarnings("requires-automatic")
module dev.thalweg {
    requires java.desktop;
    requires jdk.management;
    requires com.fasterxml.jackson.annotation;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.twelvemonkeys.imageio.webp;
    requires org.apache.commons.compress;

    exports dev.thalweg;
    exports dev.thalweg.backend;
    exports dev.thalweg.data;
    exports dev.thalweg.format;
    exports dev.thalweg.graph;
    exports dev.thalweg.inference;
    exports dev.thalweg.loss;
    exports dev.thalweg.metric;
    exports dev.thalweg.model;
    exports dev.thalweg.optim;
    exports dev.thalweg.tensor;
    exports dev.thalweg.train;

    opens dev.thalweg.format to
            com.fasterxml.jackson.databind;
    opens dev.thalweg.loss to
            com.fasterxml.jackson.databind;
    opens dev.thalweg.model to
            com.fasterxml.jackson.databind;
    opens dev.thalweg.train to
            com.fasterxml.jackson.databind;
}
