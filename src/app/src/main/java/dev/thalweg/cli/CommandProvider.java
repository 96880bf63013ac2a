package dev.thalweg.cli;

import java.util.List;
import java.util.concurrent.Callable;

/**
 * Adds commands to the program {@code thalweg}. Found by {@link java.util.ServiceLoader}, on the class path and on the
 * module path: a module says {@code provides dev.thalweg.cli.CommandProvider with ...} and opens the packages of its
 * commands to {@code info.picocli}.
 */
public interface CommandProvider {
    /**
     * {@return new commands, each of a class with picocli's {@code @Command}, which names and describes it} A command
     * returns the program's exit code; what it throws becomes one line of the program's and exit code 1, a picocli
     * {@code ParameterException} exit code 2.
     */
    List<Callable<Integer>> commands();
}
