/**
 * Trains and runs image classifiers by gradient descent.
 */
// The modules of pictures and Parquet, which are other artifacts, are not there when this one is compiled.
@SuppressWarnings("module")
module dev.thalweg {
    requires transitive java.desktop;
    requires jdk.management;
    requires com.fasterxml.jackson.annotation;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires static transitive org.jspecify;

    exports dev.thalweg;
    exports dev.thalweg.backend;
    exports dev.thalweg.collective;
    exports dev.thalweg.data;
    exports dev.thalweg.data.archive to
            dev.thalweg.parquet,
            dev.thalweg.pictures;
    exports dev.thalweg.files to
            dev.thalweg.app,
            dev.thalweg.interop;
    exports dev.thalweg.format to
            dev.thalweg.app,
            dev.thalweg.interop;
    exports dev.thalweg.graph;
    exports dev.thalweg.graph.expression;
    exports dev.thalweg.inference;
    exports dev.thalweg.io;
    exports dev.thalweg.loss;
    exports dev.thalweg.memory to
            dev.thalweg.app,
            dev.thalweg.interop,
            dev.thalweg.serve;
    exports dev.thalweg.metric;
    exports dev.thalweg.model;
    exports dev.thalweg.optim;
    exports dev.thalweg.picture to
            dev.thalweg.app,
            dev.thalweg.parquet,
            dev.thalweg.pictures,
            dev.thalweg.serve;
    exports dev.thalweg.tensor;
    exports dev.thalweg.text to
            dev.thalweg.app,
            dev.thalweg.interop,
            dev.thalweg.parquet,
            dev.thalweg.serve;
    exports dev.thalweg.train;

    opens dev.thalweg.format to
            com.fasterxml.jackson.databind;
    opens dev.thalweg.loss to
            com.fasterxml.jackson.databind;
    opens dev.thalweg.model to
            com.fasterxml.jackson.databind;
    opens dev.thalweg.saving to
            com.fasterxml.jackson.databind;
    opens dev.thalweg.train to
            com.fasterxml.jackson.databind;

    uses dev.thalweg.backend.BackendProvider;
    uses dev.thalweg.data.archive.ContainerReader;
    uses dev.thalweg.data.archive.TarGzReader;
    uses dev.thalweg.io.RegistryProvider;
    uses dev.thalweg.picture.PicturePlugin;

    provides dev.thalweg.backend.BackendProvider with
            dev.thalweg.backend.java.JavaProvider,
            dev.thalweg.backend.onednn.OneDnnProvider;
}
