/**
 * Models from elsewhere: what PyTorch trained.
 */
// protobuf has no module descriptor of its own yet, only a name.
@SuppressWarnings("requires-automatic")
module dev.thalweg.interop {
    requires transitive dev.thalweg;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.google.protobuf;
    requires static transitive org.jspecify;

    exports dev.thalweg.interop;
}
