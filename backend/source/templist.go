package source

import (
	"errors"
	"os"
)

// TempList writes a list to a temporary file, so that it can be tried before it is saved, and returns the file's path.
func TempList(list string) (path string, err error) {
	f, err := os.CreateTemp("", "gridwall-list-*.m3u")
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(list)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}
