/**
 * Models that answer over HTTP.
 */
// Micrometer has no module descriptors of its own yet, only names.
@SuppressWarnings("requires-automatic")
module dev.thalweg.serve {
    requires transitive dev.thalweg;
    requires dev.thalweg.interop;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires java.management;
    requires jdk.management;
    requires io.helidon.common.configurable;
    requires io.helidon.common.pki;
    requires io.helidon.common.socket;
    requires io.helidon.common.tls;
    requires io.helidon.http;
    requires io.helidon.webserver;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires org.apache.commons.fileupload2.core;
    requires org.apache.commons.io;
    requires static transitive org.jspecify;

    exports dev.thalweg.serve;
}
