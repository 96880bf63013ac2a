package dev.thalweg.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.inference.Batching;
import dev.thalweg.io.BadFileException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose clients see its certificate. */
class TlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    private static Path directory;

    private static Path model;
    private static Path keystore;
    private static Path certificate;
    private static Path key;
    private static HttpClient trusting;

    @BeforeAll
    static void certificates() throws Exception {
        model = TestModels.write(directory.resolve("light.safetensors"), 4);
        keystore = directory.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keystore.toString(),
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start();
        assertEquals(0, keytool.waitFor());
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keystore)) {
            store.load(in, PASSWORD.toCharArray());
        }
        certificate = pem("CERTIFICATE", store.getCertificate("server").getEncoded());
        key = pem("PRIVATE KEY", store.getKey("server", PASSWORD.toCharArray()).getEncoded());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", store.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        trusting = HttpClient.newBuilder().sslContext(context).build();
    }

    private static Path pem(String what, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return Files.writeString(
                directory.resolve(what.replace(' ', '-') + ".pem"),
                "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }

    private static void assertSpeaksTls(TlsFiles files) throws Exception {
        try (InferenceServer server =
                InferenceServer.of(model).port(0).tls(files).start()) {
            assertEquals("https", server.uri().getScheme());
            Client knowing = new Client(trusting, server.uri());
            assertEquals(200, knowing.post("predict", TestModels.png(1)).status());
            try (Client stranger = Client.of(server)) {
                assertThrows(SSLHandshakeException.class, () -> stranger.get("v2"));
            }
        }
    }

    @Test
    void aKeystoreHoldsBoth() throws Exception {
        TlsFiles files = new TlsFiles.Pkcs12(keystore, Optional.of(PASSWORD));
        assertSpeaksTls(files);
        assertFalse(files.toString().contains(PASSWORD));
    }

    @Test
    void pemFilesHoldOneEach() throws Exception {
        assertSpeaksTls(new TlsFiles.Pem(certificate, key));
    }

    /** Long enough for the server to look whether it still has a client: another thread reads the connection then. */
    @Test
    void aRequestThatWaitsIsAnswered() throws Exception {
        try (InferenceServer server = InferenceServer.of(model)
                .port(0)
                .tls(new TlsFiles.Pem(certificate, key))
                .batching(new Batching(Duration.ofMillis(700), 64))
                .start()) {
            Client knowing = new Client(trusting, server.uri());
            for (int i = 0; i < 3; i++) {
                assertEquals(200, knowing.post("predict", TestModels.png(1)).status());
            }
        }
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() throws Exception {
        for (String algorithm : List.of("EC", "RSA")) {
            byte[] other = KeyPairGenerator.getInstance(algorithm)
                    .generateKeyPair()
                    .getPrivate()
                    .getEncoded();
            Path file = Files.move(pem("PRIVATE KEY OF ANOTHER", other), directory.resolve(algorithm + ".pem"));
            Files.writeString(file, Files.readString(file).replace(" OF ANOTHER", ""));
            TlsFiles files = new TlsFiles.Pem(certificate, file);
            BadFileException refused = assertThrows(
                    BadFileException.class,
                    () -> InferenceServer.of(model).port(0).tls(files).start());
            assertTrue(refused.getMessage().contains("belongs to another certificate"), refused.getMessage());
        }
    }

    @Test
    void whatIsNoCertificateIsRefused() throws Exception {
        Path none = directory.resolve("none.pem");
        Path text = Files.writeString(directory.resolve("text.pem"), "hello");
        for (TlsFiles files : new TlsFiles[] {
            new TlsFiles.Pem(none, key),
            new TlsFiles.Pem(certificate, none),
            new TlsFiles.Pem(text, key),
            new TlsFiles.Pem(certificate, text),
            new TlsFiles.Pkcs12(text, Optional.of(PASSWORD)),
            new TlsFiles.Pkcs12(keystore, Optional.of("other")),
        }) {
            BadFileException refused = assertThrows(
                    BadFileException.class,
                    () -> InferenceServer.of(model).port(0).tls(files).start(),
                    files.toString());
            assertTrue(refused.getMessage().contains(".p"), refused.getMessage());
        }
    }
}
