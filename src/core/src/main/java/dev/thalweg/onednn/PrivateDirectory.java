package dev.thalweg.onednn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * Directories into which nobody but this user, and the system's administrator, can put a file: there a file that was
 * checked is still the same when it is loaded. On file systems without POSIX permissions nothing is checked: Windows
 * keeps a user's directories apart by itself.
 */
final class PrivateDirectory {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final int ROOT = 0;
    private static final int STICKY = 01000;
    private static final int GROUP_WRITES = 0020;
    private static final int OTHERS_WRITE = 0002;
    private static final int OTHERS_DO_ANYTHING = 0077;

    private PrivateDirectory() {}

    /**
     * Makes a directory, where it is not there, and makes sure that it is private.
     *
     * @param directory which; those above it that are missing are made too
     * @return the same directory without symbolic links
     * @throws IOException if it cannot be made, or somebody else owns it or may write into it, or could exchange it for
     *         another
     */
    static Path make(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath().normalize();
        if (!hasPermissions(absolute)) {
            return Files.createDirectories(absolute).toRealPath();
        }
        FileAttribute<?> ownerOnly = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
        Path real = Files.createDirectories(absolute, ownerOnly).toRealPath();
        int us = us();
        check(real, us, false);
        if (uid(real) == us && (mode(real) & OTHERS_DO_ANYTHING) != 0) {
            Files.setPosixFilePermissions(real, OWNER_ONLY);
        }
        // Both ways that lead to it: whoever may rename one of the directories on them could put another in its place.
        for (Path way : List.of(absolute, real)) {
            for (Path above = way.getParent(); above != null; above = above.getParent()) {
                check(above, us, true);
            }
        }
        return real;
    }

    /** Whether a file is one that only this user, or the administrator, can have written. */
    static boolean isOurs(Path file) throws IOException {
        return !hasPermissions(file) || trusts(file, us()) && !othersWrite(file);
    }

    /**
     * In a directory with the sticky bit, as {@code /tmp} is, everybody may write, but rename and delete only what is
     * one's own.
     */
    private static void check(Path directory, int us, boolean stickyWillDo) throws IOException {
        if (!trusts(directory, us)) {
            throw new IOException(directory + " belongs to user " + uid(directory) + ", expected user " + us
                    + ": use a directory of your own");
        }
        if (othersWrite(directory) && !(stickyWillDo && (mode(directory) & STICKY) != 0)) {
            throw new IOException(directory + " may be written by other users, expected none: remove their permission"
                    + " (chmod go-w), or use another directory");
        }
    }

    /** Many systems give each user a group, which has the user's number and nobody else in it, and let it write. */
    private static boolean othersWrite(Path path) throws IOException {
        boolean groupOfOne = uid(path) != ROOT && uid(path) == (int) Files.getAttribute(path, "unix:gid");
        return (mode(path) & (groupOfOne ? OTHERS_WRITE : GROUP_WRITES | OTHERS_WRITE)) != 0;
    }

    private static boolean trusts(Path path, int us) throws IOException {
        int owner = uid(path);
        return owner == us || owner == ROOT;
    }

    private static boolean hasPermissions(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    private static int uid(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid");
    }

    private static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode");
    }

    /** The user that this process acts for: who owns what it makes, or where it can make nothing, itself. */
    private static int us() throws IOException {
        Path made;
        try {
            made = Files.createTempFile("thalweg", null);
        } catch (IOException e) {
            return uid(Path.of("/proc/self"));
        }
        try {
            return uid(made);
        } finally {
            Files.delete(made);
        }
    }
}
