package io.dmst.lab.train.data;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Deals images to parts by their names alone.
 *
 * <p>Shares are stratified: of n images of a class {@code round(n·share)} become a part, at least
 * one where n ≥ 3, and training keeps at least one. One image is for training; of two the second
 * becomes test where test takes a share. Which ones: those first by SHA-256 of seed and name.
 */
final class Splitter {

    private static final BigInteger FIFTHS = BigInteger.valueOf(5);

    private Splitter() {}

    /** Part of a file by its path inside of the data set. */
    static Part hashed(String entry) {
        return switch (new BigInteger(1, sha256(entry)).mod(FIFTHS).intValue()) {
            case 0 -> Part.TEST;
            case 1 -> Part.VALIDATION;
            default -> Part.TRAIN;
        };
    }

    /** All parts by the hash of names. */
    static Map<Part, List<LabelledImage>> hashed(List<LabelledImage> images) {
        Map<Part, List<LabelledImage>> parts = empty();
        images.forEach(image -> of(parts, hashed(image.name())).add(image));
        return parts;
    }

    /** All parts by shares of every class, each in the order of the given images. */
    static Map<Part, List<LabelledImage>> shares(
            List<LabelledImage> images, double validation, double test, long seed) {
        Map<Integer, List<LabelledImage>> byClass = new TreeMap<>();
        images.forEach(image ->
                byClass.computeIfAbsent(image.label(), label -> new ArrayList<>()).add(image));
        Map<String, Part> dealt = new TreeMap<>();
        for (List<LabelledImage> own : byClass.values()) {
            List<String> ranked =
                    own.stream()
                            .map(LabelledImage::name)
                            .sorted(
                                    Comparator.comparing((String name) -> rank(seed, name))
                                            .thenComparing(name -> name))
                            .toList();
            int tests = share(ranked.size(), test, validation > 0 ? 2 : 1);
            int validations = share(ranked.size(), validation, 1 + tests);
            if (ranked.size() == 2) {
                tests = test > 0 ? 1 : 0;
            }
            for (int i = 0; i < ranked.size(); i++) {
                Part rest = i < tests + validations ? Part.VALIDATION : Part.TRAIN;
                dealt.put(ranked.get(i), i < tests ? Part.TEST : rest);
            }
        }
        Map<Part, List<LabelledImage>> parts = empty();
        images.forEach(image -> of(parts, dealt.getOrDefault(image.name(), Part.TRAIN)).add(image));
        return parts;
    }

    /**
     * @param kept images that the share must leave
     */
    private static int share(int images, double share, int kept) {
        if (share == 0 || images < 3) {
            return 0;
        }
        return Math.clamp(Math.round(share * images), 1, Math.max(1, images - kept));
    }

    private static String rank(long seed, String name) {
        return HexFormat.of().formatHex(sha256(seed + "/" + name));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static Map<Part, List<LabelledImage>> empty() {
        Map<Part, List<LabelledImage>> parts = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            parts.put(part, new ArrayList<>());
        }
        return parts;
    }

    private static List<LabelledImage> of(Map<Part, List<LabelledImage>> parts, Part part) {
        return parts.computeIfAbsent(part, absent -> new ArrayList<>());
    }
}
