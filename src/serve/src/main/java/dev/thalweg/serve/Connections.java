package dev.thalweg.serve;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;

/**
 * How many connections a server takes. Each is an open file of the process, and a server that may open no more takes no
 * connection any longer.
 */
final class Connections {
    private static final System.Logger LOG = System.getLogger(Connections.class.getName());
    /** For the models that are loaded, the JVM's own, and whatever else the program opens. */
    private static final int OTHER_FILES = 256;

    private Connections() {}

    /** {@return as many as are wanted, or less where the process may not open so many files: that is logged} */
    static int atMost(int wanted) {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        return system instanceof UnixOperatingSystemMXBean unix
                ? atMost(wanted, unix.getMaxFileDescriptorCount())
                : wanted;
    }

    /** What may be opened is unlimited where the number is not above 0. */
    static int atMost(int wanted, long files) {
        if (files <= 0 || wanted <= files - OTHER_FILES) {
            return wanted;
        }
        int fitting = (int) Math.max(1, files - OTHER_FILES);
        LOG.log(
                System.Logger.Level.WARNING,
                "this process may open {0} files, too few for {1} connections: {2} are taken; raise the limit (ulimit"
                        + " -n)",
                files,
                wanted,
                fitting);
        return fitting;
    }
}
