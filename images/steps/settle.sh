#!/bin/sh
# settle.sh FOLDER…: gives all in these folders one owner, one time and the modes of an image, whatever they had
# where they were made. The ahead-of-time cache holds the times of the jars and of the Java runtime.
set -eu

for folder; do
  chown -hR 0:0 "$folder"
  chmod -R go-w,a+rX "$folder"
  [ ! -d "$folder/tmp" ] || chmod 1777 "$folder/tmp"
  find "$folder" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
done
