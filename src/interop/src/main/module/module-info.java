/**
 * Models from elsewhere: what PyTorch and Keras trained, and what ONNX files hold.
 */
// protobuf and jHDF have no module descriptors of their own yet, only names.
@SuppressWarnings("requires-automatic")
module dev.thalweg.interop {
    requires transitive dev.thalweg;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.google.protobuf;
    requires io.jhdf;
    requires org.apache.commons.lang3;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.thalweg.interop;

    opens dev.thalweg.interop.onnx.network to
            com.fasterxml.jackson.databind;

    provides dev.thalweg.io.RegistryProvider with
            dev.thalweg.interop.onnx.network.OnnxLayers;
}
