package dev.thalweg.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What lies in the image, made beside each other in a directory.
 *
 * @param jvm a Java runtime of the modules that the server needs
 * @param natives oneDNN, unpacked and checked as {@code thalweg.cache}
 * @param libraries the program's
 * @param program its jar
 * @param archive of the classes of a server that starts and answers, as they were in memory
 * @param notices whose the libraries are, and their licences
 */
record Installation(Path jvm, Path natives, Path libraries, Path program, Path archive, Path notices) {
    /** What {@code jdeps} finds in the program and its libraries, but for the incubating vectors of one of them. */
    private static final String MODULES =
            "java.desktop,java.logging,java.management,java.sql,jdk.jfr,jdk.management,jdk.unsupported";

    /**
     * What each file in the image is said to be of, see
     * {@link com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer#DEFAULT_MODIFICATION_TIME}: the archive is used
     * only where the files that it was made of have the time that they had.
     */
    private static final FileTime TIME = FileTime.fromMillis(1000);

    /**
     * Makes it.
     *
     * @param built with {@code thalweg.jar}, {@code lib} and {@code THIRD-PARTY.txt}
     * @param directory where; what is there is removed
     * @throws IOException if a file cannot be read or written, or a program fails
     * @throws InterruptedException if the thread is interrupted
     */
    static Installation make(Path built, Path directory) throws IOException, InterruptedException {
        if (!Files.isRegularFile(built.resolve("thalweg.jar"))) {
            throw new IOException("there is no " + built.resolve("thalweg.jar") + ": mvn package makes it");
        }
        remove(directory);
        Files.createDirectories(directory);
        Installation made = new Installation(
                directory.resolve("jvm"),
                directory.resolve("natives"),
                directory.resolve("lib"),
                directory.resolve("thalweg.jar"),
                directory.resolve("classes.jsa"),
                directory.resolve("THIRD-PARTY.txt"));
        made.link();
        made.copy(built);
        stamp(directory);
        Commands.run(made.java(), "-Xshare:dump");
        made.rehearse(built.resolve("lib"), directory.resolveSibling("rehearsal"));
        return made;
    }

    String java() {
        return jvm.resolve("bin/java").toString();
    }

    private void link() throws IOException, InterruptedException {
        Commands.run(
                Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
                "--add-modules",
                MODULES,
                "--no-header-files",
                "--no-man-pages",
                "--output",
                jvm.toString());
    }

    private void copy(Path built) throws IOException {
        Files.createDirectories(libraries);
        Files.copy(built.resolve(program.getFileName()), program);
        Files.copy(built.resolve(notices.getFileName()), notices);
        try (Stream<Path> jars = Files.list(built.resolve("lib"))) {
            for (Path jar : jars.filter(jar -> !holdsNatives(jar)).toList()) {
                Files.copy(jar, libraries.resolve(jar.getFileName()));
            }
        }
    }

    /** Unpacked, they lie beside. */
    private static boolean holdsNatives(Path jar) {
        return jar.getFileName().toString().startsWith("dnnl-");
    }

    /** A server that starts, answers and ends leaves the archive, and has unpacked oneDNN. */
    private void rehearse(Path jars, Path work) throws IOException, InterruptedException {
        remove(work);
        Commands.run(
                java(),
                "-Dthalweg.natives=" + jars,
                "-Dthalweg.cache=" + natives,
                "-jar",
                program.toString(),
                "train",
                "--data",
                "builtin",
                "--preset",
                "essay",
                "--epochs",
                "1",
                "--output",
                work.toString());
        Rehearsal.of(List.of(
                java(),
                "-XX:ArchiveClassesAtExit=" + archive,
                "-Dthalweg.cache=" + natives,
                "-jar",
                program.toString(),
                "serve",
                work.resolve("model.safetensors").toString(),
                "--port",
                "0"));
        if (!Files.isRegularFile(archive)) {
            throw new IOException("the JVM left no archive " + archive);
        }
    }

    private static void stamp(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, TIME);
            }
        }
    }

    private static void remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
