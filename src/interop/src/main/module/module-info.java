/**
 * Models from elsewhere: what PyTorch trained.
 */
module dev.thalweg.interop {
    requires transitive dev.thalweg;
    requires static transitive org.jspecify;

    exports dev.thalweg.interop;
}
