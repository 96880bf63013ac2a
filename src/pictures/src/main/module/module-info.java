/**
 * Pictures that the JDK cannot read: WebP, and those in archives: {@code .zip}, {@code .tar} and {@code .tar.gz}.
 */
// TwelveMonkeys has no module descriptor of its own yet, only a name.
@SuppressWarnings("requires-automatic")
module dev.thalweg.pictures {
    requires dev.thalweg;
    requires java.desktop;
    requires com.twelvemonkeys.imageio.webp;
    requires org.apache.commons.compress;

    provides dev.thalweg.data.archive.ContainerReader with
            dev.thalweg.pictures.ZipReader,
            dev.thalweg.pictures.TarReader;
    provides dev.thalweg.data.archive.TarGzReader with
            dev.thalweg.pictures.CompressTarGzReader;
    provides dev.thalweg.picture.PicturePlugin with
            dev.thalweg.pictures.WebpPlugin;
}
