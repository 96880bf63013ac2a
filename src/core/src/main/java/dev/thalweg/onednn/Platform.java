package dev.thalweg.onednn;

import java.util.Locale;

/**
 * Operating system and processor, in the words of the native libraries' jars.
 *
 * @param os {@code linux}, {@code macosx}, {@code windows} or what the JVM says
 * @param arch {@code x86_64}, {@code arm64} or what the JVM says
 */
record Platform(String os, String arch) {
    static Platform current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static Platform of(String osName, String osArch) {
        String name = osName.toLowerCase(Locale.ROOT);
        String os = name.startsWith("mac") ? "macosx" : name.startsWith("windows") ? "windows" : name;
        String arch = switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm64";
            default -> osArch;
        };
        return new Platform(os, arch);
    }

    boolean isArm64() {
        return arch.equals("arm64");
    }

    @Override
    public String toString() {
        return os + "-" + arch;
    }
}
