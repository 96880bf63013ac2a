package dev.thalweg.spark;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Spark's standalone mode on this machine alone: a master and a worker in processes of their own, which start executors
 * in others. What Maven resolved of Spark serves as its installation.
 */
public final class LocalCluster implements AutoCloseable {
    /** As Spark's own scripts have it, see {@code JavaModuleOptions}. */
    private static final List<String> OPENED = Stream.of(
                    "java.base/java.lang",
                    "java.base/java.lang.invoke",
                    "java.base/java.io",
                    "java.base/java.net",
                    "java.base/java.nio",
                    "java.base/java.util",
                    "java.base/java.util.concurrent",
                    "java.base/java.util.concurrent.atomic",
                    "java.base/sun.nio.ch",
                    "java.base/sun.nio.cs",
                    "java.base/sun.util.calendar")
            .map(opened -> "--add-opens=" + opened + "=ALL-UNNAMED")
            .toList();

    private final Path home;
    private final String url;
    private final Map<String, String> settings;
    private final List<Process> processes = new ArrayList<>();

    private LocalCluster(Path home, int port, Map<String, String> settings) {
        this.home = home;
        this.url = "spark://127.0.0.1:" + port;
        this.settings = settings;
    }

    /** {@return a cluster of so many slots; the settings are those of all its parts} */
    public static LocalCluster start(Path home, int cores, Map<String, String> settings) throws Exception {
        install(home);
        int port = freePort();
        LocalCluster cluster = new LocalCluster(home, port, settings);
        try {
            cluster.run(
                    "org.apache.spark.deploy.master.Master",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    String.valueOf(port),
                    "--webui-port",
                    String.valueOf(freePort()));
            awaitPort(port);
            cluster.run(
                    "org.apache.spark.deploy.worker.Worker",
                    "--host",
                    "127.0.0.1",
                    "--webui-port",
                    String.valueOf(freePort()),
                    "--cores",
                    String.valueOf(cores),
                    "--memory",
                    "4g",
                    "--work-dir",
                    home.resolve("work").toString(),
                    cluster.url);
            return cluster;
        } catch (Throwable e) {
            cluster.close();
            throw e;
        }
    }

    private static List<Path> classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .toList();
    }

    private static boolean isSparks(Path entry) {
        String name = entry.toString();
        return name.endsWith(".jar") && !name.contains("thalweg") && !name.contains("dnnl") && !name.contains("junit");
    }

    private static void install(Path home) throws IOException {
        Path jars = Files.createDirectories(home.resolve("jars"));
        for (Path entry : classPath()) {
            if (isSparks(entry)) {
                Files.createSymbolicLink(jars.resolve(entry.getFileName()), entry.toAbsolutePath());
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitPort(int port) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    private void run(String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add("-Xmx512m");
        settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-cp", home.resolve("jars") + "/*", main));
        command.addAll(List.of(arguments));
        Path log = home.resolve(main.substring(main.lastIndexOf('.') + 1) + ".log");
        processes.add(java(command, log));
    }

    private Process java(List<String> words, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPENED);
        command.addAll(words);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "SPARK_HOME",
                        home.toString(),
                        "SPARK_SCALA_VERSION",
                        "2.13",
                        "SPARK_LOCAL_IP",
                        "127.0.0.1",
                        "JAVA_HOME",
                        System.getProperty("java.home")));
        return builder.start();
    }

    /** What a session needs beside Spark: this library, and what tests it. */
    private static String ownClassPath() {
        return classPath().stream()
                .filter(entry -> !isSparks(entry))
                .map(entry -> entry.toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Executors have one core each. */
    private Map<String, String> sessionSettings() {
        Map<String, String> all = new HashMap<>(Map.of(
                "spark.ui.enabled", "false",
                "spark.driver.host", "127.0.0.1",
                "spark.driver.bindAddress", "127.0.0.1",
                // What is started, or started again, is found within a second.
                "spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s",
                "spark.executor.cores", "1",
                "spark.executor.memory", "1g",
                "spark.executor.extraClassPath", ownClassPath(),
                "spark.executor.extraJavaOptions", "--enable-native-access=ALL-UNNAMED"));
        all.putAll(settings);
        return all;
    }

    /** {@return a session whose executors have one core each} */
    public SparkSession session() {
        SparkSession.Builder builder = SparkSession.builder().master(url).appName("thalweg");
        sessionSettings().forEach(builder::config);
        return builder.getOrCreate();
    }

    /**
     * Begins to run a program on this cluster, as {@code spark-submit} does, with what this process has on its class
     * path; its output, and what it says of itself, go to a file.
     */
    public Process submit(String main, Path log, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                ownClassPath() + File.pathSeparator + home.resolve("jars") + "/*",
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                url,
                "--class",
                main));
        sessionSettings().forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
        command.add("spark-internal");
        command.addAll(List.of(arguments));
        return java(command, log);
    }

    /** {@return the processes of executors that run now} */
    List<ProcessHandle> executors() {
        return processes.getLast().children().toList();
    }

    @Override
    public void close() {
        for (Process process : processes.reversed()) {
            process.children().forEach(ProcessHandle::destroy);
            process.destroy();
        }
        for (Process process : processes) {
            try {
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        try (Stream<Path> links = Files.list(home.resolve("jars"))) {
            for (Path link : links.toList()) {
                Files.delete(link);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
