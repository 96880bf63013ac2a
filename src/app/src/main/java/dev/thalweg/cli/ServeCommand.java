package dev.thalweg.cli;

import dev.thalweg.inference.Batching;
import dev.thalweg.serve.InferenceServer;
import dev.thalweg.serve.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg serve}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Answers over HTTP until a signal ends it: the Open Inference Protocol, version 2, picture files by"
                        + " POST /predict, and a page to try the models on.")
final class ServeCommand implements Callable<Integer> {
    private static final Logger HELIDON = Logger.getLogger("io.helidon");
    /** In mebibytes: the bytes of one are an array. */
    private static final int LARGEST_BODY = 2047;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "MODELS",
            description =
                    "A model, .safetensors or .onnx; or what a training left; or a directory of NAME/VERSION/ with one"
                            + " in each, of which the highest version is served.")
    private Path models;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description = "To which of this machine's addresses it listens, 0.0.0.0 for all (default:"
                    + " ${DEFAULT-VALUE}).")
    private String host = "localhost";

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8080",
            converter = Range.Port.class,
            description = "To which port, 0 for a free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            description = "Speak TLS: the certificate and those of whoever vouches for it, PEM.")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "The certificate's key, PKCS#8 in PEM.")
    private @Nullable Path key;

    @Option(
            names = "--tls-keystore",
            paramLabel = "FILE",
            description = "Speak TLS: the certificate and its key, PKCS#12.")
    private @Nullable Path keystore;

    @Option(names = "--tls-password-file", paramLabel = "FILE", description = "Holds the password of --tls-keystore.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Holds a token: answer those alone who send it, Authorization: Bearer TOKEN.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--max-batch-size",
            paramLabel = "N",
            defaultValue = "32",
            converter = Range.Count.class,
            description = "How many pictures are computed at a time at most (default: ${DEFAULT-VALUE}).")
    private int maxBatchSize;

    @Option(
            names = "--max-delay",
            paramLabel = "MS",
            defaultValue = "0",
            converter = Range.NotNegative.class,
            description = "How many milliseconds a request waits for others to share its batch; without, a batch is"
                    + " what came while the last one was computed (default: ${DEFAULT-VALUE}).")
    private double maxDelay;

    @Option(
            names = "--queue",
            paramLabel = "N",
            defaultValue = "512",
            converter = Range.Count.class,
            description = "How many pictures wait for a model at most; more are refused, with 503 (default:"
                    + " ${DEFAULT-VALUE}).")
    private int queue;

    @Option(
            names = "--timeout",
            paramLabel = "S",
            defaultValue = "10",
            converter = Range.Seconds.class,
            description = "How many seconds a request may take to come, and then to be answered (default:"
                    + " ${DEFAULT-VALUE}).")
    private double timeout;

    @Option(
            names = "--max-body",
            paramLabel = "MIB",
            defaultValue = "16",
            converter = Range.Count.class,
            description = "How many mebibytes a request may have (default: ${DEFAULT-VALUE}).")
    private int maxBody;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            defaultValue = "1000",
            converter = Range.Count.class,
            description = "How many connections may be open; who comes then waits (default: ${DEFAULT-VALUE}).")
    private int maxConnections;

    @Option(
            names = "--reload",
            paramLabel = "S",
            defaultValue = "2",
            converter = Range.SecondsOrNone.class,
            description = "After how many seconds it looks again for new models, 0 for never (default:"
                    + " ${DEFAULT-VALUE}).")
    private double reload;

    @Option(
            names = "--drain",
            paramLabel = "S",
            defaultValue = "0.5",
            converter = Range.SecondsOrNone.class,
            description = "For how many seconds it still answers after a signal, no longer ready, so that nobody sends"
                    + " it more (default: ${DEFAULT-VALUE}).")
    private double drain;

    @Option(names = "--no-access-log", description = "Print no line for each request.")
    private boolean quiet;

    @Mixin
    private BackendOptions compute;

    @Mixin
    private ViewsOption views;

    @Override
    public Integer call() throws IOException {
        if (queue < maxBatchSize) {
            throw new WrongArgumentException(
                    "--queue: expected at least the " + maxBatchSize + " pictures of --max-batch-size, got " + queue);
        }
        if (maxBody > LARGEST_BODY) {
            throw new WrongArgumentException("--max-body: expected at most " + LARGEST_BODY + ", got " + maxBody);
        }
        if (maxDelay >= timeout * 1000) {
            throw new WrongArgumentException("--max-delay: expected less than the " + Math.round(timeout * 1000)
                    + " ms of --timeout, got " + maxDelay);
        }
        views.check();
        InferenceServer.Builder builder = InferenceServer.of(models)
                .host(host)
                .port(port)
                .maxBatchSize(maxBatchSize)
                .batching(new Batching(seconds(maxDelay / 1000), queue))
                .timeout(seconds(timeout))
                .maxBodySize(maxBody << 20)
                .maxConnections(maxConnections)
                .reload(seconds(reload))
                .drain(seconds(drain))
                .computing(model -> {
                    compute.applyTo(model);
                    views.applyTo(model);
                });
        tls().ifPresent(builder::tls);
        if (tokenFile != null) {
            builder.token(secret(tokenFile));
        }
        if (!quiet) {
            builder.accessLog(System.out::println);
        }
        // What keeps it from starting is thrown, too; and that it starts and ends is no concern of people at a
        // terminal.
        HELIDON.setLevel(Level.OFF);
        serve(builder);
        return CommandLine.ExitCode.OK;
    }

    /** Ends with the JVM, which a signal ends when what was accepted is answered. */
    private void serve(InferenceServer.Builder builder) throws IOException {
        InferenceServer server = builder.start();
        HELIDON.setLevel(Level.WARNING);
        Thread closing = new Thread(server::close, "thalweg stops");
        Runtime.getRuntime().addShutdownHook(closing);
        spec.commandLine().getErr().println("thalweg answers at " + server.uri());
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Runtime.getRuntime().removeShutdownHook(closing);
            server.close();
        }
    }

    private Optional<TlsFiles> tls() throws IOException {
        if ((certificate == null) != (key == null)) {
            throw new WrongArgumentException("--tls-certificate and --tls-key: expected both or none");
        }
        if (keystore == null && passwordFile != null) {
            throw new WrongArgumentException("--tls-password-file: expected --tls-keystore beside it");
        }
        if (keystore != null && certificate != null) {
            throw new WrongArgumentException("--tls-keystore: expected no --tls-certificate beside it");
        }
        if (certificate != null && key != null) {
            return Optional.of(new TlsFiles.Pem(certificate, key));
        }
        return keystore == null
                ? Optional.empty()
                : Optional.of(new TlsFiles.Pkcs12(
                        keystore, passwordFile == null ? Optional.empty() : Optional.of(secret(passwordFile))));
    }

    private static String secret(Path file) throws IOException {
        String secret = Files.readString(file).strip();
        if (secret.isEmpty()) {
            throw new WrongArgumentException(file + ": expected a secret in this file, got nothing");
        }
        return secret;
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }
}
