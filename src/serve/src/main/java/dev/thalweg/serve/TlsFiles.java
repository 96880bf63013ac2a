package dev.thalweg.serve;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** Where a server's certificate and its private key lie. */
public sealed interface TlsFiles {
    /**
     * PEM files.
     *
     * @param certificates the server's, and after it those of whoever vouches for it
     * @param key PKCS#8, unencrypted
     */
    record Pem(Path certificates, Path key) implements TlsFiles {
        /** Refuses null. */
        public Pem {
            Objects.requireNonNull(certificates, "certificates");
            Objects.requireNonNull(key, "key");
        }
    }

    /**
     * A PKCS#12 file with one key and its certificates.
     *
     * @param file which
     * @param password of it, if it has one
     */
    record Pkcs12(Path file, Optional<String> password) implements TlsFiles {
        /** Refuses null. */
        public Pkcs12 {
            Objects.requireNonNull(file, "file");
            Objects.requireNonNull(password, "password");
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Pkcs12[" + file + "]";
        }
    }
}
