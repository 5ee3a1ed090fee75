package io.dmst.lab.train.data;

/**
 * How a data set falls into parts. The same options give the same parts of the same files, whatever
 * order a file system lists them in.
 *
 * @param mode the rule
 * @param validation share of the images that becomes validation where there is no folder for it
 * @param test share that becomes test where there is no folder for it; 0 for none
 * @param seed of the shares
 * @param folder inside of the data set that holds the class folders or the folders of the parts;
 *     empty for its root, or the only folder in it
 */
public record SplitOptions(Mode mode, double validation, double test, long seed, String folder) {

    /** Folders as they are, a tenth of the training images for validation. */
    public static final SplitOptions DEFAULT = new SplitOptions(Mode.FOLDERS, 0.1, 0, 0, "");

    /** Rule of a split. */
    public enum Mode {
        /**
         * {@code train/CLASS/FILE} and {@code test/CLASS/FILE} where there are such folders; a part
         * without a folder is a share, as with {@link #SEEDED}.
         */
        FOLDERS,
        /** {@code CLASS/FILE}: a share of every class, drawn with the seed. */
        SEEDED,
        /**
         * {@code CLASS/FILE}: SHA-256 of the file's path inside of the data set, with {@code /}, as
         * an unsigned number modulo 5: 0 is test, 1 validation, the rest training.
         */
        HASH
    }

    public SplitOptions {
        if (!(validation >= 0 && test >= 0 && validation + test < 1)) {
            throw new IllegalArgumentException(
                    "the shares of validation and test must not be negative and leave some for"
                            + " training, not "
                            + validation
                            + " and "
                            + test);
        }
        folder = folder.replaceAll("^(\\./)?/*|/+$", "");
        if (folder.contains("\\") || ("/" + folder + "/").contains("/../")) {
            throw new IllegalArgumentException(
                    "expected a folder inside of the data set with / between names, got " + folder);
        }
    }
}
