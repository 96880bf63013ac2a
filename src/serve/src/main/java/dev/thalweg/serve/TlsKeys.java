package dev.thalweg.serve;

import dev.thalweg.io.BadFileException;
import io.helidon.common.configurable.Resource;
import io.helidon.common.pki.Keys;
import io.helidon.common.tls.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Reads the files that a server's identity lies in. */
final class TlsKeys {
    private static final byte[] PROBE = {1, 2, 3};

    private TlsKeys() {}

    static Tls of(TlsFiles files) throws BadFileException {
        Path named = switch (files) {
            case TlsFiles.Pem pem -> Files.isReadable(pem.key()) ? pem.certificates() : pem.key();
            case TlsFiles.Pkcs12 store -> store.file();
        };
        if (!Files.isReadable(named)) {
            throw new BadFileException(named, "expected a file with a certificate or its key, which can be read");
        }
        try {
            return switch (files) {
                case TlsFiles.Pem pem -> of(pem);
                case TlsFiles.Pkcs12 store -> of(store);
            };
        } catch (BadFileException e) {
            throw e;
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw new BadFileException(named, "is no certificate with its key that can be used: " + e.getMessage(), e);
        }
    }

    private static Tls of(TlsFiles.Pem files) throws BadFileException, GeneralSecurityException {
        PrivateKey key;
        try {
            key = Keys.builder()
                    .pem(pem -> pem.key(Resource.create(files.key())))
                    .build()
                    .privateKey()
                    .orElseThrow();
        } catch (RuntimeException e) {
            throw new BadFileException(
                    files.key(), "is no key that can be used, expected PKCS#8 in PEM without a password", e);
        }
        List<X509Certificate> chain = Keys.builder()
                .pem(pem -> pem.certChain(Resource.create(files.certificates())))
                .build()
                .certChain();
        return of(key, chain);
    }

    private static Tls of(PrivateKey key, List<X509Certificate> chain) throws GeneralSecurityException {
        if (!belongs(key, chain.getFirst())) {
            throw new GeneralSecurityException("the key belongs to another certificate");
        }
        return Tls.builder().privateKey(key).privateKeyCertChain(chain).build();
    }

    /** What the one signs, the other verifies. */
    private static boolean belongs(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case String same -> same;
        };
        if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
            return false;
        }
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(PROBE);
        Signature verifying = Signature.getInstance(algorithm);
        verifying.initVerify(certificate.getPublicKey());
        verifying.update(PROBE);
        return verifying.verify(signing.sign());
    }

    private static Tls of(TlsFiles.Pkcs12 store) throws GeneralSecurityException, IOException {
        char[] password = store.password().orElse("").toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store.file())) {
            keys.load(in, password);
        }
        for (String alias : Collections.list(keys.aliases())) {
            if (keys.getKey(alias, password) instanceof PrivateKey key) {
                List<X509Certificate> chain = Arrays.stream(keys.getCertificateChain(alias))
                        .map(X509Certificate.class::cast)
                        .toList();
                return of(key, chain);
            }
        }
        throw new GeneralSecurityException("there is no private key in it");
    }
}
