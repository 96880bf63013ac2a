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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Spark's standalone mode on this machine alone: a master and a worker in processes of their own, which start executors
 * in others. What Maven resolved of Spark serves as its installation.
 */
final class LocalCluster implements AutoCloseable {
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
    static LocalCluster start(Path home, int cores, Map<String, String> settings) throws Exception {
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
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPENED);
        command.add("-Xmx512m");
        settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-cp", home.resolve("jars") + "/*", main));
        command.addAll(List.of(arguments));
        Path log = home.resolve(main.substring(main.lastIndexOf('.') + 1) + ".log");
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
        processes.add(builder.start());
    }

    /** {@return a session whose executors have one core each} */
    SparkSession session() {
        String own = String.join(
                File.pathSeparator,
                classPath().stream()
                        .filter(entry -> !isSparks(entry))
                        .map(Path::toString)
                        .toList());
        SparkSession.Builder builder = SparkSession.builder()
                .master(url)
                .appName("thalweg")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                // What is started, or started again, is found within a second.
                .config("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s")
                .config("spark.executor.cores", "1")
                .config("spark.executor.memory", "1g")
                .config("spark.executor.extraClassPath", own)
                .config("spark.executor.extraJavaOptions", "--enable-native-access=ALL-UNNAMED");
        settings.forEach(builder::config);
        return builder.getOrCreate();
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
