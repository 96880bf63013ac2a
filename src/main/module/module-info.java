/**
 * Trains and runs image classifiers by gradient descent.
 */
// j2html, protobuf, TwelveMonkeys and xchart have no module descriptors of their own yet, only names.
@SuppressWarnings("requires-automatic")
module dev.thalweg {
    requires java.desktop;
    requires jdk.management;
    requires com.fasterxml.jackson.annotation;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.google.protobuf;
    requires com.j2html;
    requires com.twelvemonkeys.imageio.webp;
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires org.apache.commons.compress;
    requires org.apache.commons.csv;
    requires org.knowm.xchart;

    exports dev.thalweg;
    exports dev.thalweg.backend;
    exports dev.thalweg.data;
    exports dev.thalweg.format;
    exports dev.thalweg.graph;
    exports dev.thalweg.loss;
    exports dev.thalweg.metric;
    exports dev.thalweg.model;
    exports dev.thalweg.optim;
    exports dev.thalweg.report;
    exports dev.thalweg.tensor;
    exports dev.thalweg.train;

    opens dev.thalweg.cli to
            info.picocli,
            com.fasterxml.jackson.databind;
    opens dev.thalweg.format to
            com.fasterxml.jackson.databind;
    opens dev.thalweg.loss to
            com.fasterxml.jackson.databind;
    opens dev.thalweg.model to
            com.fasterxml.jackson.databind;
    opens dev.thalweg.train to
            com.fasterxml.jackson.databind;
}
