package dev.thalweg.serve;

import dev.thalweg.Model;
import dev.thalweg.inference.Batching;
import dev.thalweg.memory.Scope;
import dev.thalweg.serve.http.ReadAhead;
import dev.thalweg.serve.http.Refusals;
import dev.thalweg.serve.http.Routes;
import dev.thalweg.serve.http.ServerMetrics;
import dev.thalweg.serve.http.Watchdog;
import dev.thalweg.serve.models.ServedModels;
import dev.thalweg.serve.models.Serving;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Models that answer over HTTP: the Open Inference Protocol, version 2, as KServe's and Triton's clients speak it; and
 * a picture file by {@code POST /predict}.
 *
 * <pre>{@code
 * try (InferenceServer server = InferenceServer.of(Path.of("my-run/model.safetensors")).port(8080).start()) {
 *     System.out.println(server.uri());
 *     ...
 * }
 * }</pre>
 *
 * It listens to this machine alone, unless told otherwise. Each model has an {@link
 * dev.thalweg.inference.InferenceService} of its own.
 */
public final class InferenceServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(InferenceServer.class.getName());
    /** Bodies that are so many times too large are read to their end, so that their clients hear why it was in vain. */
    private static final int READ_TO_REFUSE = 8;
    /** How long an answer may take to be sent. */
    private static final Duration MARGIN = Duration.ofSeconds(5);
    /** Whoever says more means never, which nothing here is. */
    private static final Duration LONGEST = Duration.ofDays(1);
    /** How long a connection may stay open without a request. */
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final WebServer web;
    private final String host;
    private final Duration drain;
    private final AtomicBoolean ready;
    private final Scope resources;

    private InferenceServer(WebServer web, String host, Duration drain, AtomicBoolean ready, Scope resources) {
        this.web = web;
        this.host = host;
        this.drain = drain;
        this.ready = ready;
        this.resources = resources;
    }

    /**
     * {@return how to serve what lies at a place}
     *
     * @param models a file, {@code .safetensors} or {@code .onnx}, whose name is the model's; or a directory of
     *            {@code NAME/VERSION/} with a model file each, of which the highest version is served
     */
    public static Builder of(Path models) {
        return new Builder(models);
    }

    /** What a server is to be like. Each method sets one thing, and returns this. */
    public static final class Builder {
        private final Path models;
        private String host = "localhost";
        private int port = 8080;
        private Optional<TlsFiles> tls = Optional.empty();
        private Optional<String> token = Optional.empty();
        private Consumer<Model> computing = _ -> {};
        private int maxBatchSize = 32;
        private Batching batching = Batching.DEFAULT;
        private Duration timeout = Duration.ofSeconds(10);
        private int largestBody = 16 << 20;
        private int maxConnections = 1000;
        private Duration reload = Duration.ofSeconds(2);
        private Duration drain = Duration.ofMillis(500);
        private Consumer<String> accessLog = _ -> {};

        private Builder(Path models) {
            this.models = Objects.requireNonNull(models, "models");
        }

        /**
         * Sets to which addresses it listens.
         *
         * @param name of one, or its number; {@code 0.0.0.0} for all (default: {@code localhost})
         * @return this
         */
        public Builder host(String name) {
            host = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Sets the port.
         *
         * @param number from 0, which takes a free one, to 65535 (default: 8080)
         * @return this
         * @throws IllegalArgumentException if it is another
         */
        public Builder port(int number) {
            if (number < 0 || number > 65_535) {
                throw new IllegalArgumentException("expected a port from 0 to 65535, got " + number);
            }
            port = number;
            return this;
        }

        /**
         * Has it speak TLS alone.
         *
         * @param files with its certificate and key
         * @return this
         */
        public Builder tls(TlsFiles files) {
            tls = Optional.of(files);
            return this;
        }

        /**
         * Has it answer those alone who send {@code Authorization: Bearer} and this. Everybody may still ask whether it
         * lives and is ready.
         *
         * @param secret not blank
         * @return this
         * @throws IllegalArgumentException if it is blank
         */
        public Builder token(String secret) {
            if (secret.isBlank()) {
                throw new IllegalArgumentException("expected a token that is not blank");
            }
            token = Optional.of(secret);
            return this;
        }

        /**
         * Says of each model what computes it, before it answers.
         *
         * @param change of a model, as {@link Model#precision}
         * @return this
         */
        public Builder computing(Consumer<Model> change) {
            computing = Objects.requireNonNull(change, "change");
            return this;
        }

        /**
         * Sets how many pictures are computed at a time at most.
         *
         * @param pictures at least 1, at most those that the queue holds (default: 32)
         * @return this
         */
        public Builder maxBatchSize(int pictures) {
            maxBatchSize = pictures;
            return this;
        }

        /**
         * Sets how batches are made, and how much may wait for each model.
         *
         * @param way that it is done (default: {@link Batching#DEFAULT})
         * @return this
         */
        public Builder batching(Batching way) {
            batching = Objects.requireNonNull(way, "way");
            return this;
        }

        /**
         * Sets how long a request may take: its body to come, and then its answer.
         *
         * @param longest above 0, at most a day (default: 10 s)
         * @return this
         * @throws IllegalArgumentException if it is not above 0, or more
         */
        public Builder timeout(Duration longest) {
            if (!longest.isPositive()) {
                throw new IllegalArgumentException("expected a timeout above 0, got " + longest);
            }
            timeout = checked("a timeout", longest);
            return this;
        }

        /**
         * Sets how large a request may be.
         *
         * @param bytes of its body, at least 1 (default: 16 MiB)
         * @return this
         * @throws IllegalArgumentException if it is less
         */
        public Builder maxBodySize(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("expected bodies of at least 1 byte, got " + bytes);
            }
            largestBody = bytes;
            return this;
        }

        /**
         * Sets how many connections may be open; who comes then waits until one ends.
         *
         * @param count at least 1 (default: 1,000); fewer are taken where the process may not open so many files
         * @return this
         * @throws IllegalArgumentException if it is less
         */
        public Builder maxConnections(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("expected at least 1 connection, got " + count);
            }
            maxConnections = count;
            return this;
        }

        /**
         * Sets how often it looks for new models and versions.
         *
         * @param interval between looks, at most a day; 0 for never (default: 2 s)
         * @return this
         * @throws IllegalArgumentException if it is negative or more
         */
        public Builder reload(Duration interval) {
            reload = checked("an interval", interval);
            return this;
        }

        /**
         * Sets for how long it still answers when it is to end, while it says that it is not ready: whoever shares
         * requests among servers has to hear of it, and sends no more; and clients whose connections stay open are
         * told with their next answer that they end.
         *
         * @param time from 0 to a day (default: half a second)
         * @return this
         * @throws IllegalArgumentException if it is negative or more
         */
        public Builder drain(Duration time) {
            drain = checked("a time to drain requests", time);
            return this;
        }

        /**
         * Has each request told of when it is answered.
         *
         * @param log takes a line of JSON, without its end; called by many threads
         * @return this
         */
        public Builder accessLog(Consumer<String> log) {
            accessLog = Objects.requireNonNull(log, "log");
            return this;
        }

        /**
         * Opens the models, computes each batch once, and begins to listen.
         *
         * @return the server, to be closed
         * @throws IOException if a model or a certificate cannot be read, or it cannot listen there
         * @throws IllegalArgumentException if batches are larger than queues
         */
        public InferenceServer start() throws IOException {
            try (Scope opening = new Scope()) {
                ServerMetrics metrics = opening.own(new ServerMetrics());
                Serving serving = new Serving(computing, maxBatchSize, batching, metrics::of);
                ServedModels served = opening.own(ServedModels.open(models, serving, metrics));
                metrics.watch(served);
                AtomicBoolean ready = new AtomicBoolean(true);
                Duration whole = timeout.multipliedBy(2).plus(MARGIN);
                Watchdog watchdog = opening.own(new Watchdog(timeout, whole));
                ReadAhead ahead = new ReadAhead(watchdog, IDLE);
                Routes routes = new Routes(
                        served, metrics, watchdog, ahead, accessLog, token, largestBody, timeout, ready::get);
                WebServerConfig.Builder config = WebServer.builder()
                        .host(host)
                        .port(port)
                        .shutdownHook(false)
                        .maxPayloadSize(READ_TO_REFUSE * (long) largestBody)
                        .maxTcpConnections(Connections.atMost(maxConnections))
                        .directHandlers(Refusals.inJson())
                        .protocolsDiscoverServices(false)
                        .addProtocol(Http1Config.builder()
                                .addReceiveListener(watchdog)
                                .build())
                        .idleConnectionPeriod(IDLE.dividedBy(4))
                        .idleConnectionTimeout(IDLE.plus(timeout.multipliedBy(2)))
                        .shutdownGracePeriod(whole)
                        .routing(routes.routing());
                if (tls.isPresent()) {
                    config.tls(TlsKeys.of(tls.get()));
                }
                WebServer web = config.build();
                opening.own(() -> web.stop());
                opening.own(ahead);
                web.start();
                if (!web.isRunning()) {
                    throw new BindException("cannot listen to " + host + " at port " + port + ": is it taken?");
                }
                if (reload.isPositive()) {
                    opening.own(reloader(served)::shutdownNow);
                }
                return new InferenceServer(web, host, drain, ready, opening.handOver());
            }
        }

        private static Duration checked(String what, Duration time) {
            if (time.isNegative() || time.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "expected " + what + " from 0 to " + LONGEST.toSeconds() + " s, got " + time);
            }
            return time;
        }

        private ScheduledExecutorService reloader(ServedModels served) {
            ScheduledExecutorService reloader = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("thalweg models").daemon().factory());
            var _ = reloader.scheduleWithFixedDelay(
                    () -> refresh(served), reload.toNanos(), reload.toNanos(), TimeUnit.NANOSECONDS);
            return reloader;
        }
    }

    /** What is thrown here would end all later looks. */
    private static void refresh(ServedModels served) {
        try {
            served.refresh();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "models could not be looked for", e);
        }
    }

    /** {@return to which port it listens} */
    public int port() {
        return web.port();
    }

    /** {@return where it answers} */
    public URI uri() {
        // A number of the Internet Protocol's version 6 has colons itself (RFC 3986, section 3.2.2).
        String authority = host.contains(":") ? "[" + host + "]" : host;
        return URI.create((web.hasTls() ? "https" : "http") + "://" + authority + ":" + port() + "/");
    }

    /**
     * Says that it is no longer ready, {@link Builder#drain answers for a while}, takes no more requests, answers what
     * was accepted, and frees everything.
     */
    @Override
    public void close() {
        if (ready.getAndSet(false)) {
            try {
                Thread.sleep(drain);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            resources.close();
        }
    }
}
