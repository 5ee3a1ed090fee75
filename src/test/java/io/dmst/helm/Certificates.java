package io.dmst.helm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority and the certificates that it issues, as secrets of Kubernetes hold them. */
final class Certificates {

    private static final String PASSWORD = "changeit";

    private final Path directory;

    /** Makes an authority. */
    Certificates(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        generate("ca", "-ext", "bc:c");
    }

    /** Writes {@code tls.crt}, {@code tls.key} and {@code ca.crt} into a directory of that name. */
    void issue(String name, String names)
            throws IOException, InterruptedException, GeneralSecurityException {
        generate(name, "-signer", "ca", "-signerkeypass", PASSWORD, "-ext", "san=" + names);
        KeyStore store = KeyStore.getInstance(file().toFile(), PASSWORD.toCharArray());
        Path target = Files.createDirectory(directory.resolve(name));
        Key key = store.getKey(name, PASSWORD.toCharArray());
        pem(target.resolve("tls.key"), "PRIVATE KEY", List.of(key.getEncoded()));
        List<byte[]> chain = new ArrayList<>();
        for (Certificate certificate : store.getCertificateChain(name)) {
            chain.add(certificate.getEncoded());
        }
        pem(target.resolve("tls.crt"), "CERTIFICATE", chain);
        pem(
                target.resolve("ca.crt"),
                "CERTIFICATE",
                List.of(store.getCertificate("ca").getEncoded()));
    }

    private Path file() {
        return directory.resolve("store.p12");
    }

    private void generate(String alias, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-alias", alias, "-dname", "CN=" + alias));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2"));
        command.addAll(List.of("-keystore", file().toString(), "-storetype", "PKCS12"));
        command.addAll(List.of("-storepass", PASSWORD));
        command.addAll(List.of(more));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool failed: " + said);
        }
    }

    private static void pem(Path file, String what, List<byte[]> contents) throws IOException {
        StringBuilder text = new StringBuilder();
        for (byte[] content : contents) {
            text.append("-----BEGIN ").append(what).append("-----\n");
            text.append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content));
            text.append("\n-----END ").append(what).append("-----\n");
        }
        Files.writeString(file, text);
    }
}
